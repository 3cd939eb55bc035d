# What `cmake --install` puts where, and gdnConfig.cmake for the build folder and for the installation.

include(CMakePackageConfigHelpers)

foreach(root ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR})
  install(DIRECTORY ${root}/include/ DESTINATION include
    FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc"
    PATTERN "CMakeFiles" EXCLUDE)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION share/doc/gdn)

set(config_folder lib/cmake/gdn)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/${config_folder}/gdnConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)

set(GDN_PLUGIN ${PROJECT_BINARY_DIR}/lib/GdnPlugin.so)
configure_package_config_file(${PROJECT_SOURCE_DIR}/lib/cmake/gdnConfig.cmake.in
  ${PROJECT_BINARY_DIR}/${config_folder}/gdnConfig.cmake
  INSTALL_DESTINATION ${PROJECT_BINARY_DIR}/${config_folder}
  INSTALL_PREFIX ${PROJECT_BINARY_DIR}
  PATH_VARS GDN_PLUGIN)
export(EXPORT gdnTargets NAMESPACE gdn::
  FILE ${PROJECT_BINARY_DIR}/${config_folder}/gdnTargets.cmake)

set(GDN_PLUGIN lib/GdnPlugin.so)
configure_package_config_file(${PROJECT_SOURCE_DIR}/lib/cmake/gdnConfig.cmake.in
  ${PROJECT_BINARY_DIR}/CMakeFiles/install/gdnConfig.cmake
  INSTALL_DESTINATION ${config_folder}
  PATH_VARS GDN_PLUGIN)
install(FILES
  ${PROJECT_BINARY_DIR}/CMakeFiles/install/gdnConfig.cmake
  ${PROJECT_BINARY_DIR}/${config_folder}/gdnConfigVersion.cmake
  DESTINATION ${config_folder})
install(EXPORT gdnTargets NAMESPACE gdn:: DESTINATION ${config_folder})
