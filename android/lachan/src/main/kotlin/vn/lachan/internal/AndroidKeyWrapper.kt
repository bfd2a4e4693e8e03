package vn.lachan.internal

import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.ProviderException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/** Wraps with AES-256-GCM under a key of the Android key store, in a security chip of its own where there is one. */
internal class AndroidKeyWrapper(
    private val context: Context,
    /** The system's API level, asked for when a key is: on a JVM without Android there is none. */
    private val level: () -> Int = { Build.VERSION.SDK_INT },
) : KeyWrapper {
    private val system: Int get() = level()

    override fun wrap(key: ByteArray): ByteArray {
        val cipher = Cipher.getInstance(TRANSFORMATION)
        cipher.init(Cipher.ENCRYPT_MODE, stored() ?: made())
        // The key store chooses the nonce, and refuses one of ours.
        return byteArrayOf(cipher.iv.size.toByte()) + cipher.iv + cipher.doFinal(key)
    }

    override fun unwrap(wrapped: ByteArray): ByteArray = try {
        opened(wrapped)
    } catch (failure: GeneralSecurityException) {
        when {
            system < Build.VERSION_CODES.TIRAMISU -> {
                // In the security chip where there is one: it may be busy while the rest of the store works.
                prove(strongBox = hasStrongBox())
                opened(wrapped)
            }
            failure.mayPass() -> throw ProviderException(failure)
            else -> throw failure
        }
    }

    private fun opened(wrapped: ByteArray): ByteArray {
        val nonce = wrapped.firstOrNull()?.toInt() ?: throw GeneralSecurityException()
        if (nonce <= 0 || wrapped.size <= 1 + nonce) throw GeneralSecurityException()
        val cipher = Cipher.getInstance(TRANSFORMATION)
        val key = stored() ?: throw GeneralSecurityException()
        cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, wrapped, 1, nonce))
        return cipher.doFinal(wrapped, 1 + nonce, wrapped.size - 1 - nonce)
    }

    private fun stored(): SecretKey? {
        val store = KeyStore.getInstance(STORE)
        try {
            store.load(null)
        } catch (failure: IOException) {
            throw ProviderException(failure)
        }
        return store.getKey(ALIAS, null) as? SecretKey
    }

    /**
     * From API 33 on, systems wrap what the store's service said, also that it died or is busy, in the exceptions that tell of
     * a lost key. Older ones do not say it: see [prove].
     */
    private fun Throwable.mayPass(): Boolean = generateSequence(this) { it.cause }.any {
        it is KeyStoreException &&
            (it.isTransientFailure || it.numericErrorCode == KeyStoreException.ERROR_INTERNAL_SYSTEM_ERROR)
    }

    /**
     * Before API 33 a store whose service died or is busy fails as it does for a lost key, and before 31 one that died says
     * that there is no key. What it says of a key counts there after it has made and used another, which serves nothing
     * else, and was asked again. Throws a [ProviderException] where it does not do that now.
     */
    private fun prove(strongBox: Boolean) {
        try {
            val cipher = Cipher.getInstance(TRANSFORMATION)
            cipher.init(Cipher.ENCRYPT_MODE, generate(PROOF, strongBox))
            cipher.doFinal(ByteArray(1))
        } catch (failure: GeneralSecurityException) {
            throw ProviderException(failure)
        } catch (failure: ProviderException) {
            // A chip that has no room, or is older than it says: a key lies outside it, where [made] put it. A busy one says
            // something else.
            if (!strongBox || !failure.tellsOfNoChip()) throw failure
            prove(strongBox = false)
        }
    }

    private fun Throwable.tellsOfNoChip(): Boolean = system >= Build.VERSION_CODES.P && this is StrongBoxUnavailableException

    private fun made(): SecretKey {
        if (system < Build.VERSION_CODES.S) {
            // The one that is there would be replaced, and all that it wraps could never be opened again.
            prove(strongBox = false)
            stored()?.let { return it }
        }
        return try {
            generate(ALIAS, strongBox = hasStrongBox())
        } catch (failure: ProviderException) {
            // The chip is there and refuses: full, busy, or older than it says.
            if (!hasStrongBox()) throw failure
            generate(ALIAS, strongBox = false)
        }
    }

    private fun generate(alias: String, strongBox: Boolean): SecretKey {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(alias, purposes)
            .setKeySize(KEY_BITS)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        if (strongBox && system >= Build.VERSION_CODES.P) spec.setIsStrongBoxBacked(true)
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE)
        generator.init(spec.build())
        return generator.generateKey()
    }

    private fun hasStrongBox(): Boolean = system >= Build.VERSION_CODES.P &&
        context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val ALIAS = "vn.lachan.seal"
        const val PROOF = "vn.lachan.proof"
        const val TRANSFORMATION = "AES/GCM/NoPadding"
        const val KEY_BITS = 256
        const val TAG_BITS = 128
    }
}
