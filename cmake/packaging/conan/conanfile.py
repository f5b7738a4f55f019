"""conan create cmake/packaging/conan"""
import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load


class Distilbert(ConanFile):
    name = "distilbert"
    description = "DistilBERT text classification, header-only"
    license = "MIT"
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    @property
    def tree(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        config = load(self, os.path.join(self.tree, "include/distilbert/core/config.hpp"))
        self.version = re.search(r'DISTILBERT_VERSION_STRING "([^"]+)"', config)[1]

    def export_sources(self):
        for pattern in ("include/*", "LICENSE"):
            copy(self, pattern, src=self.tree, dst=self.export_sources_folder)

    def requirements(self):
        self.requires("nlohmann_json/[>=3.11.2 <4]")
        self.requires("xsimd/[>=8]")

    def validate(self):
        check_min_cppstd(self, 20)

    def package(self):
        copy(self, "include/*", src=self.source_folder, dst=self.package_folder)
        copy(self, "LICENSE", src=self.source_folder, dst=os.path.join(self.package_folder, "licenses"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
