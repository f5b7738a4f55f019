# An overlay port of the tree that it lies in: vcpkg install distilbert --overlay-ports=cmake/packaging/vcpkg
get_filename_component(SOURCE_PATH ${CMAKE_CURRENT_LIST_DIR}/../../../.. ABSOLUTE)

set(VCPKG_BUILD_TYPE release) # headers only
vcpkg_cmake_configure(SOURCE_PATH ${SOURCE_PATH} OPTIONS -DDISTILBERT_DEVELOP=OFF -DDISTILBERT_INSTALL=ON
  -DDISTILBERT_BUILD_TOOLS=OFF -DDISTILBERT_BUILD_TESTS=OFF -DDISTILBERT_BUILD_EXAMPLES=OFF -DDISTILBERT_BUILD_BENCHMARKS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/distilbert)
vcpkg_install_copyright(FILE_LIST ${SOURCE_PATH}/LICENSE)
