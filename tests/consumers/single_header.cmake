# The library as one file: made, without a warning, in two units with different flags, which give the same bits.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
set(single ${work}/single)
find_path(DISTILBERT_xsimd_PARENT xsimd HINTS ${DISTILBERT_USER_INCLUDE_DIRECTORIES})
find_path(DISTILBERT_nlohmann_PARENT nlohmann HINTS ${DISTILBERT_USER_INCLUDE_DIRECTORIES})
file(GLOB notices ${DISTILBERT_xsimd_PARENT}/../LICENSE /usr/share/doc/libxsimd-dev/copyright)
list(TRANSFORM notices PREPEND "--notice ")
list(JOIN notices " " notices)
consumer("the single header is made" "${Python3_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/single_header.py \
  -I ${PROJECT_SOURCE_DIR}/include -I ${DISTILBERT_xsimd_PARENT} -I ${DISTILBERT_nlohmann_PARENT} ${notices} ${single}/distilbert.single.hpp")
set_tests_properties("consumer: the single header is made" PROPERTIES FIXTURES_SETUP "single header")

# No directory but its own: it needs no other header of ours, of xsimd or of nlohmann/json; the names of the last are free.
foreach(compiler IN ITEMS ${CMAKE_CXX_COMPILER} ${DISTILBERT_CLANG})
  get_filename_component(name ${compiler} NAME)
  set(compile "${compiler} -std=c++20 -Wall -Wextra -Wpedantic -Wconversion -Werror -I${single} -DSINGLE_HEADER")
  consumer("the single header in two units (${name})" "cd ${single}
    ${compile} -O2 -c ${here}/two_units/main.cpp -o ${name}_main.o
    ${compile} -O1 -march=native -ffast-math -c ${here}/two_units/other.cpp -o ${name}_other.o
    ${compiler} ${name}_main.o ${name}_other.o -o ${name} && ./${name} ${model}
    ! nm -C ${name}_main.o | grep -E ' (nlohmann|xsimd)::'")
  set_tests_properties("consumer: the single header in two units (${name})" PROPERTIES FIXTURES_REQUIRED "single header")
endforeach()
