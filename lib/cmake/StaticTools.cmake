# GDN_STATIC_TOOLS: MLIR and LLVM as archives, for programs that travel to a machine without them.
#
# The archives are named as files: MLIR's imported targets ask for libLLVM.so, and one copy of LLVM is enough.

if(NOT LLVM_USE_LINKER STREQUAL "lld")
  message(FATAL_ERROR "GDN_STATIC_TOOLS needs -DLLVM_USE_LINKER=lld, and clang-22 to find it")
endif()

find_program(GDN_LLVM_CONFIG llvm-config PATHS ${LLVM_TOOLS_BINARY_DIR} NO_DEFAULT_PATH REQUIRED)

find_library(GDN_ZSTD NAMES zstd)
if(NOT GDN_ZSTD)
  message(FATAL_ERROR "GDN_STATIC_TOOLS needs the zstd library: install libzstd-dev")
endif()

# What the tools use of LLVM: code for this machine and for GPUs, in memory and as text. The last two belong to targets
# that upstream's registration of all dialects names.
set(components native nvptx core irreader linker passes bitwriter bitreader ipo
  frontendopenmp orcjit jitlink perfjitevents amdgpu spirv)
execute_process(COMMAND ${GDN_LLVM_CONFIG} --link-static --libfiles ${components}
  OUTPUT_VARIABLE llvm_archives OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
separate_arguments(llvm_archives)

# All of MLIR, less its tests and its C API: the linker takes what is needed.
get_property(mlir_libraries GLOBAL PROPERTY MLIR_ALL_LIBS)
list(FILTER mlir_libraries EXCLUDE REGEX "Test|CAPI|Shared$")
set(mlir_archives)
foreach(library ${mlir_libraries})
  get_target_property(type ${library} TYPE)
  if(type STREQUAL STATIC_LIBRARY)
    list(APPEND mlir_archives $<TARGET_FILE:${library}>)
  endif()
endforeach()

add_library(GdnMlirArchives INTERFACE)
target_link_libraries(GdnMlirArchives INTERFACE ${mlir_archives} ${llvm_archives} z ${GDN_ZSTD} dl m)
target_link_options(GdnMlirArchives INTERFACE
  -Wl,--gc-sections -static-libstdc++ -static-libgcc)
