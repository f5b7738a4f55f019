"""Includes the package; where the tree's model is there, labels a text with it."""
import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class Test(ConanFile):
    settings = "os", "arch", "compiler", "build_type"
    generators = "CMakeDeps"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.user_presets_path = False  # nothing is written into the tree
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        model = os.path.join(self.recipe_folder, "..", "..", "..", "..", "models", "sst2-mini")
        if can_run(self) and os.path.isdir(model):
            self.run(f"{os.path.join(self.cpp.build.bindirs[0], 'app')} {model}", env="conanrun")
