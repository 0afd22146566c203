// Nothing but what is precompiled for the tests (tests/CMakeLists.txt).
