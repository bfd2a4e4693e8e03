package vn.lachan.sample.chat

import android.content.ActivityNotFoundException
import android.content.ClipData
import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.content.Intent
import android.database.Cursor
import android.database.MatrixCursor
import android.graphics.Bitmap
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException
import vn.lachan.Direction
import vn.lachan.guardian.Chosen
import vn.lachan.guardian.EvidenceKind
import vn.lachan.guardian.FamilyReport
import vn.lachan.guardian.ReportChoice
import vn.lachan.guardian.Wipeable

/** What is in a chat, for the child to choose from. */
internal fun choices(context: Context, chat: Chat): List<ReportChoice> {
    val account = ReportChoice(chat.peer.name, Chosen(EvidenceKind.Account, Direction.Incoming, Opening.nowMillis(), "${chat.peer.name} (${chat.peer.id})".toByteArray()))
    return listOf(account) + chat.items.mapNotNull { choice(context, it) }
}

private fun choice(context: Context, item: Item): ReportChoice? = when (item) {
    is Item.Words -> ReportChoice(item.text, Chosen(EvidenceKind.Message, direction(item.mine), item.atMillis, item.text.toByteArray()))
    is Item.Picture -> {
        val kind = if (item.kind == PictureKind.KnownImage) EvidenceKind.KnownImage else EvidenceKind.Picture
        // Named and not shown: what is covered stays covered.
        ReportChoice(Pictures.describe(context, item.kind), Chosen(kind, direction(item.mine), item.atMillis, png(context, item.kind)))
    }
    is Item.Note, is Item.Invite -> null
}

private fun direction(mine: Boolean) = if (mine) Direction.Outgoing else Direction.Incoming

private fun png(context: Context, kind: PictureKind): ByteArray =
    ByteArrayOutputStream().also { Pictures.load(context, kind).compress(Bitmap.CompressFormat.PNG, BEST, it) }.toByteArray()

private const val BEST = 100

/**
 * Hands a report to the system's share sheet, where the person chooses the app that it goes through, and sends it there or
 * does not. An app with a trust desk of its own sends to that instead.
 */
internal class ShareReport(private val app: MainActivity) : FamilyReport.Delivery {
    override fun deliver(preview: FamilyReport.Preview, pack: ByteArray?): Boolean = try {
        val send = Intent(Intent.ACTION_SEND).setType(if (pack == null) "text/plain" else "application/octet-stream")
        send.putExtra(Intent.EXTRA_TEXT, preview.message)
        if (pack != null) {
            val address = Packs.write(app, pack)
            send.putExtra(Intent.EXTRA_STREAM, address).addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION)
            send.clipData = ClipData.newRawUri(null, address)
        }
        app.startActivity(Intent.createChooser(send, null))
        true
    } catch (_: ActivityNotFoundException) {
        false
    } catch (_: IOException) {
        false
    }
}

/** Sealed packs that were handed to the share sheet. They lie in the cache until the app starts again. */
internal object Packs {
    private const val ENDING = ".lachan"
    private val NAME = Regex("[a-z0-9-]{1,40}\\$ENDING")

    private fun folder(context: Context) = File(context.cacheDir, "packs")

    @Throws(IOException::class)
    fun write(context: Context, pack: ByteArray): Uri {
        val name = "lachan-${Opening.nowMillis()}$ENDING"
        folder(context).mkdirs()
        File(folder(context), name).writeBytes(pack)
        return Uri.Builder().scheme("content").authority("${context.packageName}.packs").appendPath(name).build()
    }

    /** `null` for any name that is none of ours. */
    fun find(context: Context, name: String): File? =
        if (NAME.matches(name)) File(folder(context), name).takeIf { it.isFile } else null

    fun clear(context: Context): Boolean = folder(context).deleteRecursively()

    /** What a withdrawal wipes of them. */
    fun wipeable(context: Context): Wipeable = object : Wipeable {
        override val name = "packs"

        override fun wipe(): Boolean = clear(context)
    }
}

/** Lets the app that the person chose read the one pack that it was handed. Nobody else is let in: it is not exported. */
public class PackProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor {
        val file = if (mode == "r") pack(uri) else null
        return ParcelFileDescriptor.open(file ?: throw FileNotFoundException(), ParcelFileDescriptor.MODE_READ_ONLY)
    }

    override fun query(uri: Uri, columns: Array<String>?, where: String?, values: Array<String>?, order: String?): Cursor? {
        val file = pack(uri) ?: return null
        return MatrixCursor(arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)).apply { addRow(arrayOf<Any>(file.name, file.length())) }
    }

    private fun pack(uri: Uri): File? = context?.let { Packs.find(it, uri.lastPathSegment.orEmpty()) }

    override fun getType(uri: Uri): String = "application/octet-stream"

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, values: Array<String>?): Int = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, arguments: Array<String>?): Int = 0
}
