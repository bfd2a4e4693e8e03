package vn.lachan

import java.io.File
import java.io.RandomAccessFile
import java.nio.file.Files

/** What a publisher gave out. */
internal class Publication(val folder: File) {
    val root: ByteArray get() = File(folder, "root.1.json").readBytes()
}

/** A publisher's desk, with the command that publishers use. */
internal object Publisher {
    private val repository = File(System.getProperty("lachan.repository")!!)
    private val desk = Files.createTempDirectory("publisher").toFile().also { Runtime.getRuntime().addShutdownHook(Thread { it.deleteRecursively() }) }

    /** Photographs that come inside a Python package. */
    private val photographs = repository.resolve(".cache/python/lib").listFiles().orEmpty()
        .map { it.resolve("site-packages/skimage/data") }.first { it.isDirectory }
    val listed = File(photographs, "astronaut.png")
    val unlisted = File(photographs, "coffee.png")

    val LISTED_BYTES = "bytes of a file that is on the list".toByteArray()

    val first: Publication by lazy {
        keysAndRoot("pub")
        build("pub", "build", listed, "a1")
        published("pub", "first")
    }
    val second: Publication by lazy {
        first
        build("pub", "delta", unlisted, "a2")
        published("pub", "second")
    }
    val other: Publication by lazy {
        keysAndRoot("elsewhere")
        build("elsewhere", "build", listed, "a1")
        published("elsewhere", "other")
    }

    /** Published by the same keys, in 2001. */
    val expired: Publication by lazy {
        first
        desk.resolve("pub").copyRecursively(desk.resolve("old"))
        lachan("list", "sign", "--out", "old", "--role", "timestamp", "--key", "pub.t1", "--now", "1000000000")
        Publication(desk.resolve("old/public"))
    }

    fun hash(picture: File): String = lachan("hash", picture.path).substringBefore(',')

    /** A file that is larger than any picture may be. */
    fun writeLarge(file: File) = RandomAccessFile(file, "rw").use { it.setLength((64L shl 20) + 1) }

    private fun keysAndRoot(name: String) {
        val roles = mapOf("root" to 2, "owner" to 2, "timestamp" to 1)
        val keys = roles.flatMap { (role, count) ->
            (1..count).flatMap { i ->
                val made = lachan("list", "key", "--out", "$name.${role.first()}$i")
                listOf("--$role-key", Regex("\"public\":\"([0-9a-f]+)\"").find(made)!!.groupValues[1])
            }
        }
        lachan("list", "root", "--out", name, "--list", "demo", *keys.toTypedArray())
        lachan("list", "sign", "--out", name, "--role", "root", "--key", "$name.r1", "--key", "$name.r2")
    }

    private fun build(name: String, verb: String, photo: File, category: String) {
        val rows = mutableListOf("type,hash,category", "pdq,${hash(photo)},$category")
        if (verb == "build") {
            val small = desk.resolve("small").apply { writeBytes(LISTED_BYTES) }
            val large = desk.resolve("large").also(::writeLarge)
            for (file in listOf(small, large)) rows += "md5,${lachan("hash", "--exact", file.path).trim().split(',')[3]},b1"
        }
        desk.resolve("rows.csv").writeText(rows.joinToString("\n") + "\n")
        lachan("list", verb, "--out", name, "--source", "agency=rows.csv")
        lachan("list", "sign", "--out", name, "--role", "owner", "--key", "$name.o1", "--key", "$name.o2")
        lachan("list", "sign", "--out", name, "--role", "timestamp", "--key", "$name.t1")
    }

    private fun published(from: String, to: String): Publication {
        desk.resolve("$from/public").copyRecursively(desk.resolve(to))
        return Publication(desk.resolve(to))
    }

    private fun lachan(vararg arguments: String): String {
        val command = ProcessBuilder(repository.resolve("target/debug/lachan").path, *arguments).directory(desk)
        val process = command.redirectErrorStream(true).start()
        val output = process.inputStream.bufferedReader().readText()
        check(process.waitFor() == 0) { "${arguments.toList()}: $output" }
        return output
    }
}
