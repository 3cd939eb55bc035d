# Helpers for the targets of this project. MLIR is the one shared library, or archives: GDN_STATIC_TOOLS.

if(GDN_STATIC_TOOLS)
  include(StaticTools)
  set(GDN_MLIR_LIBRARIES GdnMlirArchives)
  set(GDN_EXECUTION_ENGINE_LIBRARY)
else()
  set(GDN_MLIR_LIBRARIES MLIR LLVM)
  set(GDN_EXECUTION_ENGINE_LIBRARY MLIRExecutionEngineShared)
endif()

# gdn_target_options(NAME): what every C++ target of the project is compiled with.
function(gdn_target_options name)
  target_compile_options(${name} PRIVATE -Wall -Wextra -Wno-unused-parameter)
  if(NOT LLVM_ENABLE_RTTI)
    target_compile_options(${name} PRIVATE -fno-rtti)
  endif()
  if(GDN_SANITIZE)
    target_compile_options(${name} PRIVATE -fsanitize=${GDN_SANITIZE} -fno-omit-frame-pointer
      -fno-sanitize=vptr,function)
    target_link_options(${name} PUBLIC -fsanitize=${GDN_SANITIZE})
  endif()
endfunction()

# gdn_mlir_options(NAME): what targets with LLVM's headers need besides. LLVM's library is not instrumented: memory that
# our half of an allocator poisons, the library's half would use.
function(gdn_mlir_options name)
  if(GDN_SANITIZE MATCHES address)
    target_compile_options(${name} PRIVATE "-D__asan_poison_memory_region(p,s)=" -Wno-missing-declarations)
  endif()
endfunction()

# gdn_add_library(NAME source... [DEPENDS target...] [LINK library...])
# A static library in C++ on MLIR. It carries no MLIR library itself, so that it can go into a plugin.
function(gdn_add_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(gdn::${name} ALIAS ${name})
  gdn_target_options(${name})
  gdn_mlir_options(${name})
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:include>)
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  install(TARGETS ${name} EXPORT gdnTargets ARCHIVE DESTINATION lib)
endfunction()

# gdn_add_tool(NAME source... [LINK library...])
# A program in bin/, linked with MLIR.
function(gdn_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  gdn_target_options(${name})
  gdn_mlir_options(${name})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} ${GDN_MLIR_LIBRARIES})
  # Debian's libMLIR.so stands where the loader does not look.
  set_target_properties(${name} PROPERTIES
    INSTALL_RPATH_USE_LINK_PATH ON
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()
