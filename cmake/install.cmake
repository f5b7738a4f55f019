# Headers, the tool with its model, and a package that find_package(distilbert) finds wherever the prefix is moved.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/distilbert)
set(share_dir ${CMAKE_INSTALL_DATADIR}/distilbert)

install(DIRECTORY include/distilbert DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(xsimd_SOURCE_DIR)
  install(DIRECTORY ${xsimd_SOURCE_DIR}/include/xsimd DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
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
