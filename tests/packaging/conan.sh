#!/usr/bin/env bash
# conan.sh CONAN DIRECTORY TREE: makes the package and its test package. Instead of Conan Center's xsimd and nlohmann_json,
# which need a network, recipes of a line stand for the system's headers.
set -euo pipefail
conan=$1 directory=$2 tree=$3
rm -rf "$directory"
mkdir -p "$directory"
export CONAN_HOME=$directory/home
"$conan" profile detect >/dev/null
"$conan" remote disable '*' >/dev/null
for library in xsimd/8.1.0 nlohmann_json/3.11.2; do
  name=${library%/*}
  folder=$name
  [ "$name" = xsimd ] || folder=nlohmann
  mkdir -p "$directory/$name"
  ln -s "/usr/include/$folder" "$directory/$name/$folder"
  cat >"$directory/$name/conanfile.py" <<END
from conan import ConanFile
class Stand(ConanFile):
    name, version = "$name", "${library#*/}"
    package_type = "header-library"
    def package_info(self):
        self.cpp_info.includedirs = ["$directory/$name"]
        self.cpp_info.set_property("cmake_file_name", "$name")
        self.cpp_info.set_property("cmake_target_name", "$([ "$name" = xsimd ] && echo xsimd || echo nlohmann_json::nlohmann_json)")
END
  "$conan" create "$directory/$name" >/dev/null 2>&1
done
"$conan" create "$tree/cmake/packaging/conan" -s compiler.cppstd=20 -s build_type=Debug -c tools.cmake.cmake_layout:test_folder="$directory/build"
