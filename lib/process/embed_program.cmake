# Makes OUTPUT, a source that holds the bytes of PROGRAM.
file(WRITE ${OUTPUT} "// Made by embed_program.cmake.
__asm__(
    \".section .rodata\\n\"
    \".global vnode_supervisor_begin, vnode_supervisor_end\\n\"
    \".hidden vnode_supervisor_begin, vnode_supervisor_end\\n\"
    \".balign 16\\n\"
    \"vnode_supervisor_begin:\\n\"
    \".incbin \\\"${PROGRAM}\\\"\\n\"
    \"vnode_supervisor_end:\\n\"
    \".byte 0\\n\"
    \".previous\\n\");
")
