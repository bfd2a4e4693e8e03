package vn.lachan.ui

import android.app.Activity
import android.view.View
import android.widget.EditText
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import vn.lachan.AgeBand
import vn.lachan.Conversation
import vn.lachan.Direction
import vn.lachan.Message
import vn.lachan.MessageCheck
import vn.lachan.Stage
import vn.lachan.ui.samples.hintForDraft

/** What the guide says to do with a draft leaves nothing of it in the talk. */
@RunWith(RobolectricTestRunner::class)
class DraftTest {
    /** Answers when it is told to. */
    private class Talk : Conversation {
        val counts = mutableListOf<String>()
        val asked = CompletableDeferred<Unit>()
        val answer = CompletableDeferred<MessageCheck>()

        override val peerId: String = "a"
        override val stage: StateFlow<Stage?> = MutableStateFlow(null)

        override suspend fun check(message: Message): MessageCheck {
            counts += message.text
            return answer.await()
        }

        override suspend fun checkDraft(text: String): MessageCheck {
            asked.complete(Unit)
            return answer.await()
        }

        override suspend fun withdraw() {
            counts.removeAt(counts.lastIndex)
        }

        override suspend fun forget() = counts.clear()

        override fun close() = Unit
    }

    private val talk = Talk()
    private lateinit var field: EditText
    private lateinit var tip: MessageTip

    @Before
    fun open() {
        Phone("vi", night = false, large = false).use()
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        field = EditText(activity).apply { setText(Samples.DRAFT) }
        tip = MessageTip(activity)
    }

    @Test
    fun aDraftThatRestsIsHintedAtAndDoesNotCount(): Unit = runBlocking {
        talk.answer.complete(Samples.sharingNumber)
        hintForDraft(talk, tip, field)
        assertEquals(View.VISIBLE, tip.visibility)
        assertEquals(emptyList<String>(), talk.counts)
    }

    @Test
    fun aDraftThatIsTypedOnDoesNotCountEither(): Unit = runBlocking {
        val looking = launch { hintForDraft(talk, tip, field) }
        talk.asked.await()
        looking.cancel()
        talk.answer.complete(Samples.sharingNumber)
        looking.join()
        assertEquals(emptyList<String>(), talk.counts)
        assertEquals("it is not what is in the field any more", View.GONE, tip.visibility)
    }

    @Test
    fun whereNothingIsWrittenNothingIsAsked(): Unit = runBlocking {
        talk.answer.complete(Samples.sharingNumber)
        tip.show(Samples.sharingNumber, Direction.Outgoing, AgeBand.Under13)
        for (nothing in listOf("", " \n")) {
            field.setText(nothing)
            hintForDraft(talk, tip, field)
        }
        assertFalse(talk.asked.isCompleted)
        assertEquals(View.GONE, tip.visibility)
    }
}
