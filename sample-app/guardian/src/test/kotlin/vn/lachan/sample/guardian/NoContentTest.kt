package vn.lachan.sample.guardian

import android.content.pm.PackageManager
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.FindingKind
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.ConsentText
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.guardian.await
import vn.lachan.guardian.done
import vn.lachan.guardian.opened

/** Nothing that the companion stores or shows holds content, a peer, or a time of day. */
@RunWith(RobolectricTestRunner::class)
class NoContentTest {
    @Test
    fun nothingThatIsStoredOrShownHoldsContent(): Unit = TwoPhones().use { phones ->
        phones.start()
        val app = phones.parent
        val request = runBlocking {
            val guardian = Opening.create(app).done().guardian
            app.guardian = guardian
            val child = ChildPhone.open(phones.childFolder)
            val paired = child.pair(guardian.offer().done()).done()
            val met = guardian.accept(paired.answer).done()
            app.names.set(met.phone, "Bi")
            child.consent(ConsentText("vi", 1), Scope(counts = true), paired.yes!!).done()
            child.receivePolicy(guardian.signPolicy(met.phone, Rules(shareCounts = true)).done()).done()
            child.assent(ConsentText("vi", 1), Scope(counts = true)).done()
            // What happens on the child's phone, with names in it.
            child.setTrusted(APP, PEER, true).done()
            repeat(3) { child.count(FindingKind.Grooming).done() }
            phones.clock.passDays(8)
            guardian.receiveCounts(child.shareCounts().done()).done()
            child.request(Purpose.Reveal).done()
        }
        val shown = listOf(Home, Counts(null), Protect(app.guardian!!.children.value.single().phone), Stop, Approve(request, runBlocking { app.guardian!!.lookAt(request) })).map { page ->
            app.restart(page)
            await("the page is shown") { app.text().isNotEmpty() }
            app.text()
        }
        // The child's phone lies in a folder of the same machine: what is the companion's is all that is not that.
        val childs = phones.childFolder.folder.let { listOf(it, File("${it.path}-key"), phones.childFolder.talks) }
        val data = RuntimeEnvironment.getApplication().dataDir.walk().filter { file -> file.isFile && childs.none { file.startsWith(it) } && file.extension != "so" }.toList()
        // What is sealed hides everything: it is searched as it is inside.
        val opened = phones.guardianFolder.opened().values
        assertTrue("$opened", opened.any { app.guardian!!.children.value.single().phone in it })
        val stored = data.map { it.readBytes().toString(Charsets.UTF_8) } + opened + app.guardian!!.children.value.toString()
        assertTrue("the search finds what is there", (shown + stored).any { "Bi" in it } && shown.any { "1–4" in it })
        for (text in shown + stored) {
            for (secret in listOf(APP, PEER, "0912345678")) assertFalse("$secret in $text", secret in text)
        }
        assertFalse("no time of day is shown", shown.any { Regex("\\d{1,2}:\\d{2}").containsMatchIn(it) })
    }

    @Test
    fun theAppHasNoNetwork() {
        val app = RuntimeEnvironment.getApplication()
        val asked = app.packageManager.getPackageInfo(app.packageName, PackageManager.GET_PERMISSIONS).requestedPermissions.orEmpty()
        assertEquals(listOf("android.permission.CAMERA"), asked.toList())
    }

    private companion object {
        const val APP = "org.example.messenger"
        const val PEER = "anh Tuấn 0912345678"
    }
}
