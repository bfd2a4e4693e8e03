package vn.lachan

import java.io.File
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

/**
 * The code in the integration guide and in the README of `lachan-guardian` is code that the tests compile.
 *
 * A block of Kotlin or Java in a page stands below `<!-- sample: NAME -->`, and is what stands between `// doc: NAME` and
 * `// end` in one of the files of [SOURCES]; or below `<!-- not compiled: WHY -->`. Comments are not compared: each page
 * has them in its own language.
 */
class DocumentsTest {
    private val repository = File(System.getProperty("lachan.repository"))

    private val samples: Map<String, String> by lazy {
        val found = SOURCES.flatMap { samplesIn(File(repository, it).readLines()) }
        assertEquals("a name stands for one sample", found.size, found.toMap().size)
        found.toMap()
    }

    private class Block(val marker: String, val code: String)

    @Test
    fun `every block of the guide is a sample that is compiled`() {
        for (page in PAGES + FAMILY_PAGE) {
            val blocks = blocksIn(page)
            assertTrue("$page has no code", blocks.size > if (page in PAGES) FEWEST_BLOCKS else 0)
            for (block in blocks) {
                if (block.marker.startsWith(NOT_COMPILED)) continue
                assertTrue("$page: a block has no marker before it: ${block.code}", block.marker.startsWith(SAMPLE))
                val name = block.marker.removePrefix(SAMPLE)
                assertEquals("$page: $name is not as in the samples", samples[name], block.code)
            }
        }
    }

    @Test
    fun `both languages show the same samples in the same order`() {
        val (vietnamese, english) = PAGES.map { page -> blocksIn(page).map { it.marker }.filter { it.startsWith(SAMPLE) } }
        assertEquals(vietnamese, english)
    }

    @Test
    fun `every sample is shown`() {
        val shown = (blocksIn(PAGES.first()) + blocksIn(FAMILY_PAGE)).map { it.marker.removePrefix(SAMPLE) }.toSet()
        assertEquals(emptySet<String>(), samples.keys - shown)
    }

    private fun samplesIn(lines: List<String>): List<Pair<String, String>> {
        val found = mutableListOf<Pair<String, String>>()
        var name: String? = null
        var inside = mutableListOf<String>()
        for (line in lines) {
            val begun = name
            val text = line.trim()
            if (text.startsWith(BEGIN)) {
                name = text.removePrefix(BEGIN)
                inside = mutableListOf()
            } else if (text == END && begun != null) {
                found.add(begun to normal(inside))
                name = null
            } else {
                inside.add(line)
            }
        }
        assertNull("a sample has no end", name)
        return found
    }

    private fun blocksIn(page: String): List<Block> {
        val found = mutableListOf<Block>()
        var marker = ""
        var inside: MutableList<String>? = null
        for (line in File(repository, page).readLines()) {
            val begun = inside
            if (begun != null) {
                if (line.startsWith(FENCE)) {
                    found.add(Block(marker, normal(begun)))
                    inside = null
                    marker = ""
                } else {
                    begun.add(line)
                }
            } else if (line.startsWith("<!-- ") && line.endsWith(" -->")) {
                marker = line.removePrefix("<!-- ").removeSuffix(" -->")
            } else if (line == "${FENCE}kotlin" || line == "${FENCE}java") {
                inside = mutableListOf()
            } else if (line.isNotBlank()) {
                marker = ""
            }
        }
        assertNull("$page: a block has no end", inside)
        return found
    }

    /** Without comments, blank lines and common indentation. */
    private fun normal(lines: List<String>): String =
        lines.map { it.replace(COMMENT, "").trimEnd() }.filter { it.isNotBlank() }.joinToString("\n").trimIndent()

    private companion object {
        val PAGES = listOf("docs/vi/integration.md", "docs/en/integration.md")
        const val FAMILY_PAGE = "android/lachan-guardian/README.md"
        val SOURCES = listOf(
            "android/lachan/src/test/kotlin/vn/lachan/samples/Samples.kt",
            "android/lachan/src/test/java/vn/lachan/samples/JavaSamples.java",
            "android/lachan-ui/src/test/kotlin/vn/lachan/ui/samples/Samples.kt",
            "android/lachan-testing/src/test/kotlin/vn/lachan/testing/samples/Samples.kt",
            "android/lachan-guardian/src/test/kotlin/vn/lachan/guardian/samples/Samples.kt",
        )
        const val BEGIN = "// doc: "
        const val END = "// end"
        const val FENCE = "```"
        const val SAMPLE = "sample: "
        const val NOT_COMPILED = "not compiled: "
        const val FEWEST_BLOCKS = 10
        val COMMENT = Regex("""(^|\s)//\s.*$""")
    }
}
