# A shared library that embeds this one shows nothing of it, and a program in C uses it. What else it may show is std's,
# whose templates have a visibility of their own.
find_program(DISTILBERT_CC NAMES cc gcc clang)
if(NOT DISTILBERT_CC OR NOT CMAKE_SYSTEM_NAME STREQUAL "Linux")
  distilbert_skip_test("consumer: a shared library with hidden visibility" "there is no C compiler here, or this is not Linux")
else()
  consumer("a shared library with hidden visibility" "cd ${work}
    ${CMAKE_CXX_COMPILER} -std=c++20 -O1 -fPIC -shared -fvisibility=hidden ${include} ${here}/shared/sentiment.cpp -o libsentiment.so
    ${DISTILBERT_CC} ${here}/shared/user.c -L. -lsentiment -Wl,-rpath,${work} -o user_of_shared && ./user_of_shared ${model}
    nm -D --defined-only libsentiment.so | grep -v '^[^ ]* [A-Z] _ZN\\?K\\?S[a-z]\\|^[^ ]* [A-Z] _ZT[IVS]N\\?S\\|^[^ ]* [A-Za-z] _ZZ\\?NS' > exported.txt || true
    cat exported.txt
    test \"$(wc -l < exported.txt)\" -eq 1 && grep -q ' T sentiment_of$' exported.txt")
endif()
