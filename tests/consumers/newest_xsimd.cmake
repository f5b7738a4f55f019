# The newest release of xsimd, where a network gives it: -DDISTILBERT_XSIMD_REPOSITORY=... takes it from elsewhere.
set(DISTILBERT_XSIMD_REPOSITORY https://github.com/xtensor-stack/xsimd.git CACHE STRING "Where the tests look for xsimd's newest release")
add_test(NAME "consumer: the newest xsimd" COMMAND sh ${here}/newest_xsimd.sh ${DISTILBERT_XSIMD_REPOSITORY} ${work}/newest_xsimd
  ${model} ${CMAKE_CXX_COMPILER} -std=c++20 -O0 -I${PROJECT_SOURCE_DIR}/include ${here}/label.cpp)
set_tests_properties("consumer: the newest xsimd" PROPERTIES SKIP_RETURN_CODE 77)
