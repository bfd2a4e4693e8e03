package vn.lachan.ui

import android.app.Activity
import android.graphics.BitmapFactory
import android.graphics.drawable.BitmapDrawable
import android.view.View
import android.widget.ImageView
import android.widget.TextView
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.shadows.ShadowDialog
import vn.lachan.ModelState
import vn.lachan.ui.samples.readme

/**
 * The README's lines compile, are the ones that are run here, and give verdicts: with the real core, and with the real
 * models in the assets as `lachan-models` brings them.
 */
@RunWith(RobolectricTestRunner::class)
class ReadmeTest {
    private val repository = File(System.getProperty("lachan.repository")!!)

    @Before
    fun libraryOfThisMachine() {
        val copy = File.createTempFile("liblachan", ".so").also { it.deleteOnExit() }
        File(System.getProperty("lachan.library.built")!!).copyTo(copy, overwrite = true)
        System.setProperty("lachan.library", copy.path)
    }

    private fun blocks(language: String): List<String> =
        Regex("```$language\n(.*?)```", RegexOption.DOT_MATCHES_ALL).findAll(repository.resolve("README.md").readText())
            .map { it.groupValues[1].trimEnd() }.toList()

    @Test
    fun theReadmeShowsTheLinesThatAreCompiled() {
        val source = File("src/test/kotlin/vn/lachan/ui/samples/Readme.kt").readText()
        val compiled = source.split("    // README\n")[1].trimIndent().trimEnd()
        assertTrue("copy to README.md:\n$compiled", compiled in blocks("kotlin"))
    }

    @Test
    fun theReadmeNamesTheArtifactsThatAreMade() {
        val version = Regex("<version>([^<]+)").find(File("../pom.xml").readText())!!.groupValues[1]
        val wanted = blocks("groovy").flatMap { Regex("vn\\.lachan:([a-z-]+):([^\"]+)").findAll(it) }.map { it.groupValues[1] to it.groupValues[2] }
        assertEquals(setOf("lachan-ui", "lachan-models", "lachan-models-second"), wanted.map { it.first }.toSet() - "lachan-testing")
        assertEquals(setOf(version), wanted.map { it.second }.toSet())
    }

    @Test
    fun theReadmeGivesVerdicts() = runBlocking {
        val photographs = repository.resolve(".cache/python/lib").listFiles().orEmpty()
            .map { it.resolve("site-packages/skimage/data") }.first { it.isDirectory }
        val photograph = BitmapFactory.decodeFile(File(photographs, "coffee.png").path)
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        val assets = activity.assets.list("lachan/models").orEmpty().asList()
        assertTrue("no models in the assets but $assets", assets.any { it.startsWith("owen-s") })
        val view = ShieldedImageView(activity)
        val tip = MessageTip(activity)
        val threat = "không gửi thì anh đăng hết lên cho cả trường biết, chuyển tiền cho anh trong tối nay"
        val shield = readme(activity, view, photograph, tip, "stranger", threat)
        assertEquals(ModelState.Ready, shield.models.value)
        assertTrue("looked at and clear", view.isRevealed)
        assertSame(photograph, (view.part<ImageView>(R.id.lachan_picture).drawable as BitmapDrawable).bitmap)
        val sheet = ShadowDialog.getLatestDialog()
        assertTrue("a threat interrupts", sheet is WarningSheet && sheet.isShowing)
        val title = sheet.findViewById<TextView>(R.id.lachan_title)!!.text
        assertEquals(Speech(activity, Voice.Child).title("chat.threat"), title)
        assertEquals("the sheet stands for the hint", View.GONE, tip.visibility)
        shield.close()
    }
}
