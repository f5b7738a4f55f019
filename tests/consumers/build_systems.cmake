# Without optimisation where the point is that it builds and runs: the kernels are optimised all the same.
set(quick "${CMAKE_COMMAND} -G '${CMAKE_GENERATOR}' -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_COMPILER=${CMAKE_CXX_COMPILER}")
find_program(DISTILBERT_GIT git)
find_program(DISTILBERT_PKG_CONFIG pkg-config)
find_program(DISTILBERT_MESON meson)

# What is committed, as another's build would fetch it.
execute_process(COMMAND git -C ${PROJECT_SOURCE_DIR} rev-parse HEAD RESULT_VARIABLE no_history OUTPUT_QUIET ERROR_QUIET)
if(DISTILBERT_GIT AND no_history EQUAL 0)
  consumer("FetchContent from a repository" "cd ${work} && rm -rf fetch_content
    ${quick} -S ${here}/fetch_content -B fetch_content -DDISTILBERT_REPOSITORY=${PROJECT_SOURCE_DIR} \
      -DDISTILBERT_COMMIT=$(git -C ${PROJECT_SOURCE_DIR} rev-parse HEAD)
    ${CMAKE_COMMAND} --build fetch_content && fetch_content/app ${model}")
else()
  distilbert_skip_test("consumer: FetchContent from a repository" "there is no git here, or no history")
endif()

if(NOT DISTILBERT_PKG_CONFIG OR NOT DISTILBERT_INSTALL OR NOT DISTILBERT_BUILD_TOOLS)
  distilbert_skip_test("consumer: pkg-config" "pkg-config is not installed, or nothing is to be installed")
else()
  consumer("pkg-config" "cd ${work} && export PKG_CONFIG_PATH=${work}/moved/share/pkgconfig
    test \"$(pkg-config --modversion distilbert)\" = ${PROJECT_VERSION}
    pkg-config --cflags distilbert | grep -q ${work}/moved
    ${CMAKE_CXX_COMPILER} -std=c++20 -O0 ${here}/label.cpp $(pkg-config --cflags --libs distilbert) -o pkg_config
    ./pkg_config ${model}")
  set_tests_properties("consumer: pkg-config" PROPERTIES FIXTURES_REQUIRED "installed copy")
endif()

if(NOT DISTILBERT_MESON OR NOT DISTILBERT_PKG_CONFIG)
  distilbert_skip_test("consumer: Meson, a dependency by pkg-config" "meson or pkg-config is not installed")
  distilbert_skip_test("consumer: Meson, a subproject by wrap" "meson or pkg-config is not installed")
else()
  set(meson "CXX=${CMAKE_CXX_COMPILER} ${DISTILBERT_MESON} setup")
  if(DISTILBERT_INSTALL AND DISTILBERT_BUILD_TOOLS)
    consumer("Meson, a dependency by pkg-config" "cd ${work} && rm -rf meson && export PKG_CONFIG_PATH=${work}/moved/share/pkgconfig
      ${meson} meson ${here}/meson --wrap-mode=nofallback && ${DISTILBERT_MESON} compile -C meson && meson/app ${model}")
    set_tests_properties("consumer: Meson, a dependency by pkg-config" PROPERTIES FIXTURES_REQUIRED "installed copy")
  endif()
  if(no_history EQUAL 0)
    consumer("Meson, a subproject by wrap" "cd ${work} && rm -rf meson_wrap meson_source
      mkdir -p meson_source/subprojects/packagefiles && cp ${here}/label.cpp . && cp ${here}/meson/meson.build meson_source
      cp -r ${PROJECT_SOURCE_DIR}/cmake/packaging/meson meson_source/subprojects/packagefiles/distilbert
      sed 's|^url = .*|url = ${PROJECT_SOURCE_DIR}|' ${PROJECT_SOURCE_DIR}/cmake/packaging/meson/distilbert.wrap > meson_source/subprojects/distilbert.wrap
      ${meson} meson_wrap meson_source --force-fallback-for=distilbert
      ${DISTILBERT_MESON} compile -C meson_wrap && meson_wrap/app ${model}")
  endif()
endif()

foreach(mode IN ITEMS unity precompiled)
  consumer("${mode}" "cd ${work} && rm -rf ${mode}
    ${quick} -S ${here}/build_modes -B ${mode} -DDISTILBERT_ROOT=${PROJECT_SOURCE_DIR}
    ${CMAKE_COMMAND} --build ${mode} --target ${mode} && ${mode}/${mode} ${model}")
endforeach()

# What fwd.hpp says of the types is true, and who includes it includes nothing else of ours.
consumer("a light public header" "cd ${work}
  ${CMAKE_CXX_COMPILER} -std=c++20 -O0 -Wall -Wextra -Werror ${include} ${here}/light/main.cpp ${here}/light/mood.cpp -o light && ./light ${model}
  ${CMAKE_CXX_COMPILER} -std=c++20 ${include} -MM ${here}/light/main.cpp > light.d
  test $(grep -o 'distilbert/[a-z_/]*[.]hpp' light.d | sort -u) = distilbert/fwd.hpp")

# One unit has the kernels, the other none.
consumer("kernels compiled once" "cd ${work}
  ${CMAKE_CXX_COMPILER} -std=c++20 -O0 ${include} -c ${here}/kernels_elsewhere/kernels.cpp -o kernels.o
  ${CMAKE_CXX_COMPILER} -std=c++20 -O0 ${include} -DDISTILBERT_KERNELS_ELSEWHERE -c ${here}/label.cpp -o without_kernels.o
  ${CMAKE_CXX_COMPILER} without_kernels.o kernels.o -o elsewhere && ./elsewhere ${model}
  nm -C kernels.o | grep -q 'kernels::.*baseline::gemm'
  ! nm -C without_kernels.o | grep 'kernels::[a-z0-9_:]*::gemm('")
