// The note by which Android tools know for which API level a library was linked.
    .section .note.android.ident, "a", %note
    .balign 4
    .long 8, 4, 1           // length of the name, length of the number, type
    .asciz "Android"
    .long ANDROID_API
