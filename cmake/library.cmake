add_library(distilbert INTERFACE)
add_library(distilbert::distilbert ALIAS distilbert)
target_compile_features(distilbert INTERFACE cxx_std_20)

# Our warnings are ours: a project that includes us sees none of them.
set(system "")
if(NOT DISTILBERT_DEVELOP)
  set(system SYSTEM)
endif()
target_include_directories(distilbert ${system} INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:include>)
target_include_directories(distilbert SYSTEM INTERFACE $<BUILD_INTERFACE:${DISTILBERT_XSIMD_INCLUDE_DIR}>)
target_link_libraries(distilbert INTERFACE nlohmann_json::nlohmann_json)
