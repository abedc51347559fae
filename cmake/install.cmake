# Installation of headers, package config and .pc file.
