package vn.lachan.sample.chat

import android.graphics.Bitmap
import android.view.View
import android.widget.EditText
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import vn.lachan.AgeBand
import vn.lachan.FindingKind
import vn.lachan.ModelState
import vn.lachan.Verdict
import vn.lachan.screens.tree
import vn.lachan.testing.Marker
import vn.lachan.ui.MessageTip
import vn.lachan.ui.ShieldedImageView
import vn.lachan.ui.R as Ui

/** Every kind of warning, met by writing with the scripts: the real core with the real models. */
@RunWith(RobolectricTestRunner::class)
class StoryTest {
    @Before
    fun prepare() {
        RuntimeEnvironment.setQualifiers("vi-rVN-w360dp-h720dp-mdpi")
        App.forgetAll()
        App.useTheRealCore()
    }

    private fun agreed(age: AgeBand = AgeBand.Under13): App {
        Settings(RuntimeEnvironment.getApplication()).apply {
            asked = true
            agreed = true
            this.age = age
        }
        return App().also { assertEquals("the real core works here", ModelState.Ready, it.messenger.shield!!.models.value) }
    }

    private fun App.tips() = root.tree().filterIsInstance<MessageTip>().filter { it.isShown }.toList()

    private fun App.shields() = root.tree().filterIsInstance<ShieldedImageView>().filter { it.isShown }.toList()

    private fun App.invited(peer: String) = chat(peer).items.filterIsInstance<Item.Invite>().map { it.lesson }

    /** Follows the script to its end, taking what is suggested and leaving every warning by its safe button. */
    private fun App.play(peer: String): List<String> {
        val warnings = mutableListOf<String>()
        val chat = open(peer)
        while (true) {
            untilItIsTheChildsTurn()
            if (dialog() != null) {
                warnings += title.orEmpty()
                press(Ui.id.lachan_stay)
                continue
            }
            val step = chat.next as? Step.Reply ?: return warnings
            val sent = chat.items.size
            press(R.id.suggestion)
            press(R.id.send)
            until("it is sent or held") { chat.items.size > sent || dialog() != null || tips().any { it.id == R.id.draft_tip } }
            if (chat.items.size > sent) continue
            if (dialog() != null) {
                warnings += title.orEmpty()
                press(Ui.id.lachan_stay)
                write("thôi, mình không gửi đâu")
            } else {
                warnings += "hint: ${step.text}"
                press(R.id.send)
            }
            until("something is sent") { chat.items.drop(sent).any { it is Item.Words && it.mine } }
        }
    }

    @Test
    fun everydayChatsAreLeftAlone() = agreed().use { app ->
        for (peer in listOf("me", "minh")) {
            assertEquals(peer, emptyList<String>(), app.play(peer))
            assertNull(app.chat(peer).next)
            assertEquals(emptyList<Any>(), app.tips() + app.shields())
        }
        assertTrue(app.chat("minh").items.filterIsInstance<Item.Picture>().single().verdict is Verdict.Clear)
    }

    @Test
    fun aNumberIsHintedAtAndACodeIsAskedAboutBeforeTheyAreSent() = agreed().use { app ->
        val warnings = app.play("rong")
        assertTrue("$warnings", "hint: số mình là 0912 345 678 nha" in warnings)
        assertTrue("$warnings", "Mã và mật khẩu giống như chìa khóa nhà" in warnings)
        val sent = app.chat("rong").items.filterIsInstance<Item.Words>().filter { it.mine }.map { it.text }
        assertTrue("the child decided to send the number", sent.any { "0912" in it })
        assertFalse("the code stayed here", sent.any { "482913" in it })
        assertTrue("${app.invited("rong")}", "private_data" in app.invited("rong"))
    }

    @Test
    fun changingWhatWasHintedAtTakesTheHintAway() = agreed().use { app ->
        app.open("rong")
        app.untilItIsTheChildsTurn()
        app.write("số mình là 0912 345 678 nha")
        app.until("the hint") { app.tips().any { it.id == R.id.draft_tip } }
        assertEquals("Vẫn gửi", app.root.findViewById<View>(R.id.send)!!.contentDescription)
        app.root.findViewById<EditText>(R.id.field)!!.setText("để mình hỏi mẹ đã")
        assertTrue(app.tips().none { it.id == R.id.draft_tip })
        app.press(R.id.send)
        app.until("it is sent") { app.chat("rong").items.any { it is Item.Words && it.mine } }
        assertTrue(app.chat("rong").items.filterIsInstance<Item.Words>().none { "0912" in it.text })
    }

    @Test
    fun groomingIsInterruptedAsItGrows() = agreed().use { app ->
        val warnings = app.play("tuan")
        assertTrue("$warnings", warnings.size >= 2)
        assertEquals("what changed is said anew", "Có người đang dọa con. Con không có lỗi", warnings.last())
        assertTrue("${app.invited("tuan")}", app.invited("tuan").isNotEmpty())
        assertNotNull(app.messenger.shield!!.conversation("tuan", app.chat("tuan").peer.trust).stage.value)
    }

    @Test
    fun fakePoliceIsAnInterruptionWithItsLesson() = agreed().use { app ->
        assertTrue("Đây có thể là người giả mạo" in app.play("congan"))
        assertTrue("fake_police" in app.invited("congan"))
        app.press(R.id.invite)
        assertTrue(app.says("Nhận ra công an giả"))
    }

    @Test
    fun aNudePictureIsCoveredAndNotPassedOn() = agreed().use { app ->
        app.play("keo")
        assertFalse(app.shields().single().isRevealed)
        app.press(R.id.forward)
        app.press("Minh 6A2")
        app.until("the warning") { app.dialog() != null }
        assertEquals("Con nghĩ đến người trong hình nhé", app.title)
        assertNull("under 13 there is no way on without a guardian", app.dialog()!!.findViewById<View>(Ui.id.lachan_go_on))
        app.press(Ui.id.lachan_stay)
        assertEquals(emptyList<Item>(), app.chat("minh").items)
    }

    @Test
    fun aTeenagerCanPassOnAfterReading() = agreed(AgeBand.From13To15).use { app ->
        app.play("keo")
        app.press(R.id.forward)
        app.press("Minh 6A2")
        app.until("the warning") { app.dialog() != null }
        app.press(Ui.id.lachan_go_on)
        app.press(Ui.id.lachan_yes)
        assertTrue(app.chat("minh").items.single() is Item.Picture)
    }

    @Test
    fun aPrivatePictureIsAskedAboutBeforeItIsSent() = agreed().use { app ->
        app.play("an")
        assertTrue(app.chat("an").next is Step.ReplyPicture)
        app.press(R.id.suggestion)
        app.press(R.id.main)
        app.until("the warning") { app.dialog() != null }
        assertEquals("Con dừng lại một chút nhé", app.title)
        app.press(Ui.id.lachan_stay)
        assertTrue(app.chat("an").items.none { it is Item.Picture })
        assertTrue(app.says("Chưa gửi. Nghĩ thêm là chuyện tốt."))
        // A harmless one goes without a word.
        app.press(R.id.add)
        app.press(R.id.second)
        app.until("it is sent") { app.chat("an").items.any { it is Item.Picture } }
        assertNull(app.dialog())
    }

    @Test
    fun aKnownImageIsHeldBackForEverybody() = agreed(AgeBand.From16To17).use { app ->
        app.play("nhom")
        val shield = app.shields().single()
        assertEquals(View.GONE, shield.findViewById<View>(Ui.id.lachan_shield_look)!!.visibility)
        assertTrue(app.says("Hình được giữ lại"))
        assertTrue("known_image" in app.invited("nhom"))
    }

    @Test
    fun theCameraIsCoveredWhileItShowsWhatItShouldNot() = agreed().use { app ->
        app.play("bin")
        app.press(R.id.suggestion)
        app.until("the call is seen") { app.says("Đang gọi. Camera ở đây là hình vẽ.") }
        app.until("it is covered") { app.root.findViewById<View>(R.id.camera)?.visibility == View.VISIBLE }
        assertTrue(app.says("Hình bên kia được che. Dừng lúc nào cũng được."))
        app.until("it is open again") { app.root.findViewById<View>(R.id.camera)?.visibility == View.GONE }
        app.press(R.id.main)
        assertNotNull(app.root.findViewById<View>(R.id.field))
    }

    @Test
    fun nothingIsLookedAtBeforeTheChildAgreesOrAfterItWithdrew() {
        App().use { app ->
            assertFalse(app.messenger.isProtected)
            app.press(R.id.third)
            app.until("the contacts") { app.says("Trò chuyện") }
            assertTrue(app.says("Bảo vệ đang tắt"))
            assertEquals(emptyList<String>(), app.play("tuan"))
            assertEquals(emptyList<String>(), app.play("keo"))
            assertTrue(app.chat("keo").items.filterIsInstance<Item.Picture>().single().verdict is Verdict.NotChecked)
            assertTrue("not shown as safe", app.says("Chưa kiểm tra được hình này"))
        }
        App.forgetAll()
        App().use { app ->
            app.press(R.id.main)
            app.until("protection is on") { app.messenger.isProtected && app.says("Trò chuyện") }
            app.play("congan")
            val talk = { app.messenger.shield!!.conversation("congan", app.chat("congan").peer.trust) }
            assertNotNull(talk().stage.value)
            app.activity.show(SettingsPage)
            app.press(R.id.third)
            app.until("protection is off") { !app.messenger.isProtected }
            assertNull("what was remembered is gone", talk().stage.value)
        }
    }

    @Test
    fun withSomebodyKnownSmallHintsAreHiddenAndInterruptionsAreNot() = agreed().use { app ->
        val loud = app.play("tuan")
        val hints = { app.chat("tuan").items.filterIsInstance<Item.Words>().count { (it.check?.verdict as? Verdict.Concern)?.action == vn.lachan.Action.Tip } }
        assertTrue("${hints()}", hints() > 0)
        app.messenger.settings.quiet = setOf("tuan")
        app.activity.act { app.messenger.restart(app.chat("tuan")) }
        app.until("it begins anew") { app.chat("tuan").items.isEmpty() }
        val quiet = app.play("tuan")
        assertEquals(0, hints())
        assertTrue("$loud, $quiet", quiet.isNotEmpty())
    }

    @Test
    fun somebodyCanBeBlockedAndUnblocked() = agreed().use { app ->
        app.play("keo")
        app.press(R.id.block)
        assertNull(app.root.findViewById<View>(R.id.field))
        app.press(R.id.main)
        assertNotNull(app.root.findViewById<View>(R.id.field))
    }

    @Test
    fun theLanguageIsTheChildsChoice() {
        agreed().use { app -> assertTrue(app.says("Mẹ")) }
        Settings(RuntimeEnvironment.getApplication()).language = "en"
        App().use { app ->
            assertTrue(app.says("Mum"))
            app.play("me")
            assertTrue(app.says("I will pick you up this afternoon"))
        }
    }

    @Test
    fun theMarkersOfTheAppAreThoseOfTheSdk() = agreed().use { app ->
        for ((kind, finding) in listOf(PictureKind.Nudity to FindingKind.Nudity, PictureKind.KnownImage to FindingKind.KnownImage)) {
            val picture = Pictures.load(app.activity, kind)
            val pixels = IntArray(picture.width * picture.height)
            picture.copy(Bitmap.Config.ARGB_8888, false).getPixels(pixels, 0, picture.width, 0, 0, picture.width, picture.height)
            assertArrayEquals(kind.name, Marker.pixels(finding, picture.width), pixels)
        }
    }
}
