# Each dependency comes from the system where it has the package, from its own release otherwise.
include(FetchContent)

# distilbert_dependency(<package> <target> <git repository> <git tag>)
macro(distilbert_dependency package target repository tag)
  find_package(${package} QUIET)
  if(NOT TARGET ${target})
    message(STATUS "${package} is not installed: fetching ${tag}")
    FetchContent_Declare(${package} GIT_REPOSITORY ${repository} GIT_TAG ${tag} GIT_SHALLOW ON SYSTEM)
    FetchContent_MakeAvailable(${package})
  endif()
endmacro()

# Fetched headers are installed beside ours: an installed package must find them.
set(JSON_Install ${DISTILBERT_INSTALL} CACHE BOOL "")
distilbert_dependency(nlohmann_json nlohmann_json::nlohmann_json https://github.com/nlohmann/json.git v3.11.3)

# By its header, not by its package: Debian's xsimd target also asks for xtl, which we do not need.
find_path(DISTILBERT_XSIMD_INCLUDE_DIR xsimd/xsimd.hpp)
if(NOT DISTILBERT_XSIMD_INCLUDE_DIR)
  distilbert_dependency(xsimd xsimd https://github.com/xtensor-stack/xsimd.git 13.0.0)
  if(xsimd_SOURCE_DIR)
    set(DISTILBERT_XSIMD_INCLUDE_DIR ${xsimd_SOURCE_DIR}/include)
  else() # a package whose place only xsimd_DIR tells
    get_target_property(DISTILBERT_XSIMD_INCLUDE_DIR xsimd INTERFACE_INCLUDE_DIRECTORIES)
  endif()
endif()
