# SPDX-License-Identifier: Apache-2.0
# How every target is compiled: C17, POSIX 2008, strict warnings, optional sanitizers.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O2 -g") # asserts stay in
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
endif()

add_compile_definitions(_POSIX_C_SOURCE=200809L AFTERCARE_VERSION="${PROJECT_VERSION}")
add_compile_options(-fno-omit-frame-pointer)
include_directories(${CMAKE_SOURCE_DIR}/common)
if(AFTERCARE_TEST_HOOKS)
  add_compile_definitions(AFTERCARE_TEST_HOOKS)
endif()
if(AFTERCARE_SANITIZE)
  add_compile_options(-fsanitize=${AFTERCARE_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${AFTERCARE_SANITIZE})
endif()
if(AFTERCARE_SANITIZE MATCHES thread)
  add_library(tsan_threads OBJECT ${CMAKE_SOURCE_DIR}/tests/support/tsan_threads.c)
  link_libraries(tsan_threads)
endif()

# Our own code only; generated code is compiled without these.
add_library(aftercare_warnings INTERFACE)
target_compile_options(aftercare_warnings INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes -Wvla
  $<$<BOOL:${AFTERCARE_WERROR}>:-Werror>)
