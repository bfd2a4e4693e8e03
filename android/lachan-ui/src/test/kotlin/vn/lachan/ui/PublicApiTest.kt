package vn.lachan.ui

import java.io.File
import kotlinx.validation.api.dump
import kotlinx.validation.api.filterOutNonPublic
import kotlinx.validation.api.loadApiFromJvmClasses
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

/** The public API is a committed file: a change of it is a change that somebody reads. */
class PublicApiTest {
    @Test
    fun thePublicApiIsTheCommittedOne() {
        val committed = File("api/lachan-ui.api")
        val classes = File("target/classes/vn/lachan").walk().filter { it.extension == "class" && !it.name.matches(Regex("R(\\$.*)?.class")) }
        val current = classes.map { it.inputStream() }.loadApiFromJvmClasses().filterOutNonPublic().dump(StringBuilder()).toString()
        assertTrue("the dump is empty", current.length > SHORTEST)
        if (System.getProperty("lachan.goldens") == "renew") committed.apply { parentFile.mkdirs() }.writeText(current)
        assertEquals("if meant, renew with -Dgoldens=renew", if (committed.isFile) committed.readText() else "", current)
    }

    private companion object {
        const val SHORTEST = 2_000
    }
}
