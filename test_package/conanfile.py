"""Builds and runs a user's program against the package; with xtensor and learning where the package has them."""

import os

from conan import ConanFile
from conan.tools.build import can_run
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout


class TriptychTestPackage(ConanFile):
    settings = "os", "compiler", "build_type", "arch"
    generators = "CMakeDeps"

    def requirements(self):
        self.requires(self.tested_reference_str)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.15]")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        options = self.dependencies["triptych"].options
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["WITH_COMPONENTS"] = bool(options.with_learn) and bool(options.with_xtensor)
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def test(self):
        if can_run(self):
            self.run(os.path.join(self.cpp.build.bindir, "consumer"), env="conanrun")
