package vn.lachan.ui

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.drawable.BitmapDrawable
import android.widget.ImageView
import java.lang.reflect.Proxy
import kotlin.coroutines.Continuation
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import vn.lachan.LaChan
import vn.lachan.NotCheckedReason
import vn.lachan.Verdict
import vn.lachan.ui.samples.PictureRow
import vn.lachan.ui.samples.ReceivedPicture

/** What the guide says to do in a list shows each message its own picture, and checks none twice. */
@RunWith(RobolectricTestRunner::class)
class ListRowTest {
    private lateinit var view: ShieldedImageView
    private lateinit var row: PictureRow
    private val checked = mutableListOf<Bitmap>()
    private var answer: suspend () -> Verdict = { Verdict.Clear }
    private val first = Screens.photograph()
    private val second = Screens.photograph()

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        view = ShieldedImageView(Robolectric.buildActivity(Activity::class.java).setup().get())
        row = PictureRow(view, shield { bitmap ->
            checked += bitmap
            answer()
        }, CoroutineScope(Dispatchers.Unconfined))
    }

    /** Of all that a shield can do a row asks for one thing. */
    @Suppress("UNCHECKED_CAST")
    private fun shield(check: suspend (Bitmap) -> Verdict): LaChan =
        Proxy.newProxyInstance(javaClass.classLoader, arrayOf(LaChan::class.java)) { _, method, arguments ->
            assertEquals("checkImage", method.name)
            (check as (Bitmap, Continuation<Verdict>) -> Any?)(arguments.first() as Bitmap, arguments.last() as Continuation<Verdict>)
        } as LaChan

    private fun drawn(): Bitmap? = (view.part<ImageView>(R.id.lachan_picture).drawable as BitmapDrawable?)?.bitmap

    @Test
    fun aRowThatIsGivenToAnotherMessageForgetsTheFormer() {
        val late = CompletableDeferred<Verdict>()
        answer = { late.await() }
        val slow = ReceivedPicture { first }
        row.bind(slow)
        assertNull("nothing before the answer", drawn())
        answer = { Verdict.Clear }
        row.bind(ReceivedPicture { second })
        late.complete(Verdict.Clear)
        assertSame(second, drawn())
        assertNull(slow.verdict)
        row.recycle()
        assertNull(drawn())
    }

    @Test
    fun whatWasFoundIsKeptBesideTheMessage() {
        val message = ReceivedPicture { first }
        repeat(2) {
            row.bind(message)
            assertSame(first, drawn())
        }
        assertEquals(1, checked.size)
    }

    @Test
    fun whatNobodyLookedAtIsTriedAgain() {
        val message = ReceivedPicture { first }
        answer = { Verdict.NotChecked(NotCheckedReason.RateLimited) }
        row.bind(message)
        assertEquals("behind one tap", false, view.isRevealed)
        answer = { Samples.received }
        row.bind(message)
        assertEquals(Samples.received, message.verdict)
        assertEquals(2, checked.size)
    }
}
