# Headers, the tool with its model, and a package that find_package(distilbert) finds wherever the prefix is moved.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/distilbert)
set(share_dir ${CMAKE_INSTALL_DATADIR}/distilbert)

install(DIRECTORY include/distilbert DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(xsimd_SOURCE_DIR)
  install(DIRECTORY ${xsimd_SOURCE_DIR}/include/xsimd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()

set(pkg_config_requires "nlohmann_json >= 3.11")
if(NOT xsimd_SOURCE_DIR)
  string(APPEND pkg_config_requires ", xsimd >= 8")
endif()
configure_file(cmake/distilbert.pc.in ${PROJECT_BINARY_DIR}/distilbert.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/distilbert.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

install(TARGETS distilbert EXPORT distilbert-targets)
install(EXPORT distilbert-targets NAMESPACE distilbert:: DESTINATION ${package_dir})
configure_package_config_file(cmake/distilbert-config.cmake.in ${PROJECT_BINARY_DIR}/distilbert-config.cmake
  INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/distilbert-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
  ${PROJECT_BINARY_DIR}/distilbert-config.cmake ${PROJECT_BINARY_DIR}/distilbert-config-version.cmake
  DESTINATION ${package_dir})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

if(DISTILBERT_BUILD_TOOLS)
  install(TARGETS distilbert_tool DESTINATION ${CMAKE_INSTALL_BINDIR})
  install(DIRECTORY models/sst2-mini DESTINATION ${share_dir}/models)
  if(TARGET distilbert_share)
    install(DIRECTORY ${PROJECT_BINARY_DIR}/tools/share/ DESTINATION ${CMAKE_INSTALL_DATADIR})
  endif()
endif()

if(PROJECT_IS_TOP_LEVEL)
  include(cmake/package.cmake)
endif()
