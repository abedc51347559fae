"""Conan 2 recipe. The package is headers and CMake files; learning and xtensor are options, for they need other packages."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load
from conan.errors import ConanInvalidConfiguration
from conan.tools.scm import Version

required_conan_version = ">=2.4"


class TriptychConan(ConanFile):
    name = "triptych"
    license = "MIT"
    description = "Image and array codecs, composed of a transform, a quantizer and a coder at compile time"
    topics = ("compression", "image-compression", "codec", "header-only", "cpp20")
    package_type = "header-library"
    settings = "os", "compiler", "build_type", "arch"
    options = {"with_learn": [True, False], "with_xtensor": [True, False]}
    default_options = {"with_learn": False, "with_xtensor": False}
    exports_sources = "include/*", "cmake/*", "CMakeLists.txt", "LICENSE"
    no_copy_source = True

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "include", "triptych", "version.hpp"))
        self.version = ".".join(re.findall(r"define TRIPTYCH_VERSION_\w+ (\d+)", text))

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        if self.options.with_learn:
            self.requires("eigen/[>=3.3 <4]", transitive_headers=True)
        if self.options.with_xtensor:
            self.requires("xtensor/[>=0.24 <1]", transitive_headers=True)

    def build_requirements(self):
        self.tool_requires("cmake/[>=3.15]")

    def validate(self):
        check_min_cppstd(self, 20)
        oldest = {"gcc": "12", "clang": "14", "apple-clang": "15"}.get(str(self.settings.compiler))
        if oldest and Version(self.settings.compiler.version) < oldest:
            raise ConanInvalidConfiguration(f"triptych needs {self.settings.compiler} {oldest} or newer")

    def package_id(self):
        # One package for all compilers; the options only say which other packages come along.
        self.info.clear()

    def generate(self):
        toolchain = CMakeToolchain(self)
        for part in "TESTS", "BENCHMARKS", "EXAMPLES":
            toolchain.cache_variables[f"TRIPTYCH_{part}"] = False
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        CMake(self).install()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        # The package's own config file serves, with its components, rather than one that Conan would make.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "triptych")]
        self.cpp_info.set_property("pkg_config_name", "triptych")
