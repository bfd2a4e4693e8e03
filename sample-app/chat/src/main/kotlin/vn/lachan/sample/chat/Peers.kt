package vn.lachan.sample.chat

import android.content.Context
import org.json.JSONObject
import vn.lachan.PeerTrust

/** Somebody to write with. Everybody is a script: `res/raw/peers.json`. */
internal class Peer(
    val id: String,
    val name: String,
    val about: String,
    val trust: PeerTrust,
    val steps: List<Step>,
)

/** What comes next in a script. */
internal sealed interface Step {
    /** The peer writes; [gloss] says it in the reader's language where that is another. */
    class Words(val text: String, val gloss: String?) : Step

    /** The peer sends a picture. */
    class Picture(val kind: PictureKind) : Step

    /** The child is expected to write; what is suggested need not be taken. */
    class Reply(val text: String, val gloss: String?) : Step

    /** The child is expected to send a picture. */
    class ReplyPicture(val kind: PictureKind) : Step

    /** The peer calls; its camera shows [kind] after a while. */
    class Call(val kind: PictureKind) : Step
}

internal object Peers {
    fun read(context: Context): List<Peer> {
        val text = context.resources.openRawResource(R.raw.peers).use { it.readBytes().decodeToString() }
        val english = context.resources.configuration.locales[0].language == "en"
        val all = JSONObject(text).getJSONArray("peers")
        return List(all.length()) { peer(all.getJSONObject(it), english) }
    }

    private fun peer(data: JSONObject, english: Boolean): Peer {
        val steps = data.getJSONArray("steps")
        fun said(name: String) = data.getString(if (english) "${name}_en" else name)
        return Peer(
            data.getString("id"), said("name"), said("about"), PeerTrust.valueOf(data.getString("trust")),
            List(steps.length()) { step(steps.getJSONObject(it), english) },
        )
    }

    private fun step(data: JSONObject, english: Boolean): Step {
        val gloss = if (english) data.optString("en").ifEmpty { null } else null
        fun kind(name: String) = PictureKind.valueOf(data.getString(name).split('_').joinToString("") { part -> part.replaceFirstChar(Char::uppercase) })
        return when {
            data.has("text") -> Step.Words(data.getString("text"), gloss)
            data.has("reply") -> Step.Reply(data.getString("reply"), gloss)
            data.has("picture") -> Step.Picture(kind("picture"))
            data.has("reply_picture") -> Step.ReplyPicture(kind("reply_picture"))
            else -> Step.Call(kind("call"))
        }
    }
}
