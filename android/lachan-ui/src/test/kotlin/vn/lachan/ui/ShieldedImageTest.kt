package vn.lachan.ui

import android.app.Activity
import android.app.Dialog
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.drawable.BitmapDrawable
import android.view.View
import android.view.WindowManager.LayoutParams.FLAG_SECURE
import android.widget.FrameLayout
import android.widget.ImageView
import android.widget.TextView
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowDialog
import vn.lachan.AgeBand
import vn.lachan.NotCheckedReason
import vn.lachan.Reveal
import vn.lachan.Verdict

/** How a picture comes out from behind its blur, and how it goes back. */
@RunWith(RobolectricTestRunner::class)
class ShieldedImageTest {
    private lateinit var controller: ActivityController<Activity>
    private lateinit var view: ShieldedImageView
    private val original = Screens.photograph()
    private val choices = mutableListOf<WarningChoice>()

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        controller = Robolectric.buildActivity(Activity::class.java)
        controller.get().setTheme(android.R.style.Theme_Material_Light_NoActionBar)
        controller.setup()
        view = ShieldedImageView(controller.get())
        controller.get().setContentView(view, FrameLayout.LayoutParams(300, 300))
        Screens.settle()
    }

    private fun bind(reveal: Reveal, actions: HostActions = HostActions.None) {
        val concern = Samples.received.copy(advice = Samples.received.advice.copy(reveal = reveal))
        view.bind(original, Samples.warning(concern, AgeBand.Under13), actions) { choices += it }
        Screens.settle()
    }

    private fun press(id: Int, within: View = view) {
        within.part<View>(id).performClick()
        Screens.settle()
    }

    /** The child asks; what comes back is the guardian's to answer. */
    private fun askGuardian(): GuardianAnswer {
        val answers = mutableListOf<GuardianAnswer>()
        bind(Reveal.WithGuardian, HostActions(guardianGate = { _, _, answer -> answers += answer }))
        press(R.id.lachan_shield_look)
        press(R.id.lachan_go_on, sheet())
        return answers.single()
    }

    private fun sheet(): View = (ShadowDialog.getLatestDialog() as Dialog).window!!.decorView

    private fun drawn(): Bitmap? = (view.part<ImageView>(R.id.lachan_picture).drawable as BitmapDrawable?)?.bitmap

    private fun secure(): Boolean = controller.get().window.attributes.flags and FLAG_SECURE != 0

    @Test
    fun oneTapWhereThePolicySaysSo() {
        bind(Reveal.Freely)
        assertFalse(view.isRevealed)
        press(R.id.lachan_shield_look)
        assertTrue(view.isRevealed)
        assertSame(original, drawn())
        assertEquals(listOf(WarningChoice.WentOn), choices)
    }

    @Test
    fun explanationAndConfirmationComeFirstForAChild() {
        bind(Reveal.AfterConfirming)
        press(R.id.lachan_shield_look)
        assertFalse("a first tap explains", view.isRevealed)
        press(R.id.lachan_go_on, sheet())
        assertFalse("a second tap asks again", view.isRevealed)
        Screens.read()
        press(R.id.lachan_yes, sheet())
        assertTrue(view.isRevealed)
    }

    @Test
    fun stayingKeepsItHidden() {
        bind(Reveal.AfterConfirming)
        press(R.id.lachan_shield_look)
        press(R.id.lachan_go_on, sheet())
        press(R.id.lachan_stay, sheet())
        assertFalse(view.isRevealed)
        assertEquals(listOf(WarningChoice.Stayed), choices)
    }

    @Test
    fun backLeadsFromTheConfirmationToTheExplanationAndThenOut() {
        bind(Reveal.AfterConfirming)
        press(R.id.lachan_shield_look)
        press(R.id.lachan_go_on, sheet())
        val dialog = ShadowDialog.getLatestDialog()
        @Suppress("DEPRECATION")
        dialog.onBackPressed()
        assertTrue(dialog.isShowing)
        assertNotNull(dialog.findViewById<View>(R.id.lachan_go_on))
        @Suppress("DEPRECATION")
        dialog.onBackPressed()
        assertFalse(dialog.isShowing)
        assertEquals(listOf(WarningChoice.Stayed), choices)
    }

    @Test
    fun aGuardianDecidesWhereThePolicyLeavesItToThem() {
        val guardian = askGuardian()
        guardian.onAnswer(false)
        assertFalse(view.isRevealed)
        guardian.onAnswer(true)
        assertTrue(view.isRevealed)
    }

    @Test
    fun aLateAnswerOfAGuardianOpensNothingElse() {
        val guardian = askGuardian()
        bind(Reveal.WithGuardian)
        guardian.onAnswer(true)
        assertFalse(view.isRevealed)
    }

    @Test
    fun aGuardianWhoAnswersAfterTheScreenIsGoneShowsNothing() {
        val guardian = askGuardian()
        controller.get().setContentView(View(controller.get()))
        Screens.settle()
        guardian.onAnswer(true)
        controller.get().setContentView(view)
        Screens.settle()
        assertFalse(view.isRevealed)
        assertEquals("the child chose nothing", emptyList<WarningChoice>(), choices)
    }

    @Test
    fun inADialogItIsTheDialogThatScreenshotsLeaveOut() {
        val dialog = Dialog(controller.get())
        view = ShieldedImageView(controller.get())
        dialog.setContentView(view, FrameLayout.LayoutParams(300, 300))
        dialog.show()
        fun secureDialog() = dialog.window!!.attributes.flags and FLAG_SECURE != 0
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        assertTrue(secureDialog())
        assertFalse("the window behind it shows nothing", secure())
        dialog.window!!.clearFlags(FLAG_SECURE)
        view.draw(Canvas(Bitmap.createBitmap(300, 300, Bitmap.Config.ARGB_8888)))
        Screens.settle()
        assertTrue("set anew", secureDialog())
        press(R.id.lachan_shield_hide)
        assertFalse(secureDialog())
        dialog.dismiss()
    }

    @Test
    fun withoutAWayToAskAGuardianNothingIsOffered() {
        bind(Reveal.WithGuardian)
        assertEquals(View.GONE, view.part<View>(R.id.lachan_shield_look).visibility)
        press(R.id.lachan_shield_why)
        assertNull(sheet().findViewById<View>(R.id.lachan_go_on))
    }

    @Test
    fun aKnownImageIsNeitherShownNorKept() {
        bind(Reveal.Never)
        assertNull("not even its colours", drawn())
        assertEquals(View.GONE, view.part<View>(R.id.lachan_shield_look).visibility)
        press(R.id.lachan_shield_why)
        assertNull(sheet().findViewById<View>(R.id.lachan_go_on))
    }

    @Test
    fun screenshotsAreOutOnlyWhileItIsShown() {
        bind(Reveal.Freely)
        assertFalse(secure())
        press(R.id.lachan_shield_look)
        assertTrue(secure())
        press(R.id.lachan_shield_hide)
        assertFalse(secure())
        assertFalse(view.isRevealed)
    }

    @Test
    fun aWindowThatTheAppMadeSecureStaysSo() {
        controller.get().window.addFlags(FLAG_SECURE)
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        press(R.id.lachan_shield_hide)
        assertTrue(secure())
    }

    @Test
    fun twoPicturesKeepTheWindowSecureUntilTheLastIsHidden() {
        bind(Reveal.Freely)
        val second = ShieldedImageView(controller.get())
        controller.get().addContentView(second, FrameLayout.LayoutParams(300, 300))
        second.bind(original, Samples.warning(Samples.received.copy(advice = Samples.received.advice.copy(reveal = Reveal.Freely)), AgeBand.Adult))
        press(R.id.lachan_shield_look)
        press(R.id.lachan_shield_look, second)
        view.hide()
        assertTrue(secure())
        second.hide()
        assertFalse(secure())
    }

    @Test
    fun leavingTheActivityHidesIt() {
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        controller.pause()
        assertFalse(view.isRevealed)
        controller.resume()
        assertFalse(view.isRevealed)
    }

    @Test
    fun leavingTheWindowHidesIt() {
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        controller.get().setContentView(View(controller.get()))
        Screens.settle()
        assertFalse(view.isRevealed)
        assertFalse(secure())
    }

    @Test
    fun becomingInvisibleHidesIt() {
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        view.visibility = View.GONE
        assertFalse(view.isRevealed)
    }

    @Test
    fun aListThatReusesTheViewFindsItHidden() {
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        val next = Bitmap.createBitmap(40, 40, Bitmap.Config.ARGB_8888).apply { eraseColor(Color.BLUE) }
        view.bind(next, Samples.warning(Samples.received, AgeBand.Under13))
        assertFalse(view.isRevealed)
        assertTrue(drawn() !== next && drawn() !== original)
    }

    @Test
    fun theSheetOfTheFormerItemCannotRevealTheNext() {
        bind(Reveal.AfterConfirming)
        press(R.id.lachan_shield_look)
        val former = sheet()
        press(R.id.lachan_go_on, former)
        Screens.read()
        bind(Reveal.AfterConfirming)
        assertFalse(ShadowDialog.getLatestDialog().isShowing)
        press(R.id.lachan_yes, former)
        assertFalse(view.isRevealed)
    }

    @Test
    fun rotationAndProcessDeathForgetAReveal() {
        view.id = View.generateViewId()
        bind(Reveal.Freely)
        press(R.id.lachan_shield_look)
        val state = android.util.SparseArray<android.os.Parcelable>()
        view.saveHierarchyState(state)
        assertNull(state.get(view.id))
        val restored = ShieldedImageView(controller.get()).apply { id = view.id }
        restored.bind(original, Samples.warning(Samples.received, AgeBand.Under13))
        restored.restoreHierarchyState(state)
        assertFalse(restored.isRevealed)
    }

    @Test
    fun aRecycledBitmapIsNeverDrawn() {
        val gone = Bitmap.createBitmap(40, 40, Bitmap.Config.ARGB_8888).apply { recycle() }
        val concern = Samples.received.copy(advice = Samples.received.advice.copy(reveal = Reveal.Freely))
        view.bind(gone, Samples.warning(concern, AgeBand.Under13))
        press(R.id.lachan_shield_look)
        assertFalse(view.isRevealed)
        assertNull(drawn())
    }

    private fun caption() = view.part<View>(R.id.lachan_caption).visibility

    @Test
    fun aClearPictureIsPlainAndStays() {
        bind(Reveal.Freely)
        view.showClear(original)
        Screens.settle()
        assertTrue(view.isRevealed)
        assertSame(original, drawn())
        assertEquals(View.GONE, caption())
        assertEquals(View.GONE, view.part<View>(R.id.lachan_shield_hide).visibility)
        assertNull("the name is the app's", view.part<View>(R.id.lachan_picture).contentDescription)
        assertEquals("as high as it is", 225, view.also { it.measure(exactly(300), View.MeasureSpec.UNSPECIFIED) }.measuredHeight)
        controller.pause().resume()
        view.hide()
        assertSame(original, drawn())
        assertFalse("screenshots are the app's", secure())
        view.clear()
        assertFalse(view.isRevealed)
        assertNull(drawn())
    }

    private fun exactly(pixels: Int) = View.MeasureSpec.makeMeasureSpec(pixels, View.MeasureSpec.EXACTLY)

    @Test
    fun aPictureThatNobodyLookedAtIsOneTapAwayAndAccusesNobody() {
        view.showUnchecked(original)
        Screens.settle()
        assertFalse(view.isRevealed)
        assertTrue(drawn() !== original)
        assertEquals("Hình này chưa được kiểm tra", view.part<TextView>(R.id.lachan_shield_title).text)
        assertEquals("there is nothing to explain", View.GONE, view.part<View>(R.id.lachan_shield_why).visibility)
        press(R.id.lachan_shield_look)
        assertSame(original, drawn())
        assertTrue(secure())
        assertNull("nothing is asked", ShadowDialog.getLatestDialog())
        press(R.id.lachan_shield_hide)
        assertTrue(drawn() !== original)
        press(R.id.lachan_shield_look)
        controller.pause()
        assertFalse("covered again", view.isRevealed)
        assertFalse(secure())
    }

    @Test
    fun inASmallBubbleTheOneButtonShowsWhatNobodyLookedAt() {
        controller.get().setContentView(view, FrameLayout.LayoutParams(120, 120))
        view.showUnchecked(original)
        Screens.settle()
        assertEquals("Hình này chưa được kiểm tra. Xem hình", view.part<View>(R.id.lachan_shield_compact).contentDescription)
        press(R.id.lachan_shield_compact)
        assertTrue(view.isRevealed)
    }

    @Test
    fun aWarnedPictureAfterAnotherIsWarnedOf() {
        view.showUnchecked(original)
        view.showClear(original)
        bind(Reveal.AfterConfirming)
        assertFalse(view.isRevealed)
        assertEquals("Hình được che mờ", view.part<TextView>(R.id.lachan_shield_title).text)
        assertEquals(View.VISIBLE, view.part<View>(R.id.lachan_shield_why).visibility)
        press(R.id.lachan_shield_look)
        assertNotNull(sheet().findViewById<View>(R.id.lachan_go_on))
    }

    @Test
    fun theShortWayShowsEachAnswerAsItIs() {
        ShieldedImage.show(view, original, Verdict.Clear)
        assertTrue(view.isRevealed)
        ShieldedImage.show(view, original, Samples.received)
        assertFalse(view.isRevealed)
        assertEquals("Hình được che mờ", view.part<TextView>(R.id.lachan_shield_title).text)
        for (reason in NotCheckedReason.entries) {
            ShieldedImage.show(view, original, Verdict.NotChecked(reason))
            val asEver = reason == NotCheckedReason.PolicyOff || reason == NotCheckedReason.NotCovered
            assertEquals("$reason", asEver, view.isRevealed)
            if (!asEver) assertEquals("Hình này chưa được kiểm tra", view.part<TextView>(R.id.lachan_shield_title).text)
        }
    }

    @Test
    fun aRecycledBitmapIsNotDrawnPlainlyEither() {
        val gone = Bitmap.createBitmap(40, 40, Bitmap.Config.ARGB_8888).apply { recycle() }
        ShieldedImage.show(view, gone, Verdict.Clear)
        assertNull(drawn())
        ShieldedImage.show(view, gone, Verdict.NotChecked(NotCheckedReason.BadPixels))
        press(R.id.lachan_shield_look)
        assertNull(drawn())
    }

    @Test
    fun inASmallBubbleOneButtonStandsForTheWords() {
        controller.get().setContentView(view, FrameLayout.LayoutParams(120, 120))
        bind(Reveal.AfterConfirming)
        assertEquals(View.GONE, view.part<View>(R.id.lachan_caption).visibility)
        val button = view.part<View>(R.id.lachan_shield_compact)
        assertEquals("Hình được che mờ. Vì sao?", button.contentDescription)
        press(R.id.lachan_shield_compact)
        assertNotNull(sheet().findViewById<View>(R.id.lachan_go_on))
    }
}
