package vn.lachan.sample.guardian

import android.animation.ValueAnimator
import android.graphics.Rect
import android.os.SystemClock
import android.view.View
import android.widget.CompoundButton
import java.io.File
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import vn.lachan.FindingKind
import vn.lachan.Protection
import vn.lachan.guardian.Birth
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.ConsentText
import vn.lachan.guardian.Purpose
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.guardian.await
import vn.lachan.guardian.done
import vn.lachan.screens.Goldens
import vn.lachan.screens.Phone
import vn.lachan.screens.Reachable
import vn.lachan.screens.settle

/** Every page of the companion looks as agreed, and can be touched, read and heard. */
@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    @Test
    fun everyPageLooksAsAgreed() {
        val goldens = Goldens(File(System.getProperty("lachan.module")!!), "mvn -f android/pom.xml -pl ../sample-app/guardian -am verify", LARGEST)
        for (phone in Phone.ALL) {
            phone.use()
            TwoPhones().use { phones ->
                val family = runBlocking { Family(phones).also { it.begin() } }
                for ((name, page) in family.pages()) {
                    phone.use(if (phone.large) LONG else Phone.HEIGHT)
                    phones.start()
                    phones.parent.restart(page)
                    val picture = phones.parent.picture()
                    val root = phones.parent.window.decorView
                    goldens.take("$name-${phone.name}", picture)
                    Reachable.check("$name ${phone.name}", root) { it.id == View.NO_ID || it.resources.getResourcePackageName(it.id).startsWith("vn.lachan") }
                    Reachable.inOrder("$name ${phone.name}", root)
                    phones.parent.findViewById<View>(R.id.code)?.let { Reachable.isWhole("$name ${phone.name}: the code", it, atOnce = true) }
                    Reachable.standsOutEverywhere("$name ${phone.name}", root) { phones.parent.picture() }
                }
            }
        }
        goldens.done()
    }

    @Test
    fun whoeverAskedThePhoneToKeepStillSeesNothingMove() {
        try {
            for (still in listOf(true, false)) {
                Phone.ALL.first().use()
                ValueAnimator.setDurationScale(if (still) 0f else 1f)
                TwoPhones().use { phones ->
                    val family = runBlocking { Family(phones).also { it.begin() } }
                    phones.start()
                    for ((name, page) in family.pages()) {
                        val moved = phones.millisUntilStill { phones.parent.restart(page) }
                        if (still) assertTrue("$name moved for $moved ms", moved < A_FEW_FRAMES)
                    }
                    phones.parent.restart(family.pages().getValue("protect"))
                    phones.parent.picture()
                    val reveal = phones.parent.findViewById<CompoundButton>(R.id.reveal)!!
                    reveal.requestRectangleOnScreen(Rect(0, 0, reveal.width, reveal.height), true)
                    assertTrue("it is laid out", reveal.width > 0)
                    val moved = phones.millisUntilStill { reveal.performClick() }
                    assertEquals("a switch moved for $moved ms, still: $still", still, moved < A_FEW_FRAMES)
                }
            }
        } finally {
            ValueAnimator.setDurationScale(1f)
        }
    }

    /** How long something moves on the screen after [step]: the clock of the tests goes on by what is waited for alone. */
    private fun TwoPhones.millisUntilStill(step: () -> Unit): Long {
        parent.picture()
        val before = SystemClock.uptimeMillis()
        step()
        settle()
        return SystemClock.uptimeMillis() - before
    }

    @Test
    fun whyNothingCameOfAStepIsSeenOnALongPageToo(): Unit = TwoPhones().use { phones ->
        Phone.ALL.first().use()
        runBlocking { Family(phones).begin() }
        phones.start()
        // No child's phone has this key.
        phones.parent.restart(Protect("00".repeat(32)))
        phones.parent.press(R.id.main)
        val message = phones.parent.findViewById<View>(R.id.message)!!
        await("it is said") { message.isShown }
        phones.parent.picture()
        val seen = Rect()
        assertTrue("all of it is in sight", message.getGlobalVisibleRect(seen) && seen.height() == message.height)
    }

    /** A family with a week of counts, and all pages over it. */
    private class Family(private val phones: TwoPhones) {
        lateinit var child: ChildPhone

        suspend fun begin() {
            phones.start()
            val begun = Opening.create(phones.parent).done()
            val guardian = begun.guardian
            child = ChildPhone.open(phones.childFolder)
            val paired = child.pair(guardian.offer().done()).done()
            val met = guardian.accept(paired.answer).done()
            Names(phones.parent).set(met.phone, "Bi")
            child.setBirth(Birth(2015, 3, 1), paired.yes!!).done()
            val all = Scope(counts = true)
            child.consent(ConsentText("vi", 1), all, paired.yes!!).done()
            child.receivePolicy(guardian.signPolicy(met.phone, Rules(shareCounts = true)).done()).done()
            child.assent(ConsentText("vi", 1), all).done()
            repeat(2) { child.count(FindingKind.Nudity).done() }
            repeat(6) { child.count(FindingKind.Grooming).done() }
            phones.clock.passDays(8)
            guardian.receiveCounts(child.shareCounts().done()).done()
        }

        fun pages(): Map<String, Page> = runBlocking {
            val guardian = Opening.open(phones.parent).done()!!
            val phone = guardian.children.value.single().phone
            val request = child.request(Purpose.Reveal).done()
            val offer = guardian.offer().done()
            mapOf(
                "welcome" to Welcome,
                "words" to Words(words()),
                "words-lost" to WordsLost,
                "recover" to Recover(),
                "recovered" to Recovered,
                "home" to Home,
                "pair" to Connect(offer),
                "pair-again" to PairAgain,
                "digits" to Digits(vn.lachan.guardian.Met(phone, "204817953610")),
                "differ" to Differ,
                "protect" to Protect(phone),
                "preview-picture" to Preview(Rules()),
                "preview-sending" to Preview(Rules(), 1),
                "preview-talk" to Preview(Rules(), 2),
                "preview-off" to Preview(Rules(Protection.Off)),
                "signed" to Signed(guardian.signPolicy(phone, Rules()).done()),
                "lessons" to LessonList,
                "lesson" to ReadLesson("secrets"),
                "counts" to Counts(null),
                "talk" to Talk,
                "approve" to Approve(request, guardian.lookAt(request)),
                "approve-other" to Approve(offer, guardian.lookAt(offer)),
                "approval" to Approval(guardian.approve(request).done()),
                "help" to Help,
                "versions" to Versions,
                "stop" to Stop,
                "forget" to Forget(phone),
                "wipe" to Wipe,
                "wiped" to Wiped,
                "scan" to Scan { },
            )
        }

        private suspend fun words() = vn.lachan.guardian.RecoveryWords(
            "kha mu thi lo ba cho gi hu ka khi lo mu nga nhi pho ru ta thi vo xu ba chi go hu".split(' '),
        )
    }

    private companion object {
        const val LARGEST = 2_500_000L

        const val LONG = 2500

        /** For a layout or two; a movement takes a fifth of a second or more. */
        const val A_FEW_FRAMES = 60L
    }
}
