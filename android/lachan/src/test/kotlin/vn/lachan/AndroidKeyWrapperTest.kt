package vn.lachan

import android.content.pm.PackageManager
import android.hardware.security.keymint.ErrorCode
import android.security.KeyStoreException
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.StrongBoxUnavailableException
import android.system.keystore2.ResponseCode
import java.io.InputStream
import java.io.OutputStream
import java.security.GeneralSecurityException
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.ProviderException
import java.security.SecureRandom
import java.security.Security
import java.security.UnrecoverableKeyException
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import vn.lachan.internal.AndroidKeyWrapper

/** The Android key store, played by a provider of the same name. */
@RunWith(RobolectricTestRunner::class)
class AndroidKeyWrapperTest {
    private val wrapper get() = AndroidKeyWrapper(RuntimeEnvironment.getApplication())
    private val key = ByteArray(32) { it.toByte() }

    @Before
    fun plugIn() {
        FakeStore.keys.clear()
        FakeStore.says = null
        FakeStore.refusesStrongBox = false
        FakeStore.specs.clear()
        Security.addProvider(FakeProvider())
    }

    @After
    fun pullOut() = Security.removeProvider("AndroidKeyStore")

    @Test
    fun `what is wrapped is hidden and comes back`() {
        val wrapped = wrapper.wrap(key)
        assertFalse(wrapped.toList().windowed(8).any { it == key.toList().take(8) })
        assertArrayEquals(key, wrapper.unwrap(wrapped))
        assertFalse("a nonce is never used twice", wrapped.contentEquals(wrapper.wrap(key)))
        assertEquals("one key is enough", 1, FakeStore.specs.size)
    }

    @Test
    fun `what was changed, cut or wrapped by a lost key is refused`() {
        val wrapped = wrapper.wrap(key)
        val changed = wrapped.copyOf().also { it[it.size - 1] = (it.last() + 1).toByte() }
        for (bad in listOf(changed, wrapped.copyOf(5), ByteArray(0), byteArrayOf(0), byteArrayOf(-1, 1), ByteArray(60) { 100 })) {
            assertThrows(GeneralSecurityException::class.java) { wrapper.unwrap(bad) }
        }
        FakeStore.keys.clear()
        assertThrows(GeneralSecurityException::class.java) { wrapper.unwrap(wrapped) }
    }

    /** As the key store says it: wrapped in what also tells of a lost key. */
    @Test
    fun `a service that died or is busy is no lost key`() {
        val wrapped = wrapper.wrap(key)
        for (passing in listOf(ResponseCode.SYSTEM_ERROR, ErrorCode.SECURE_HW_BUSY)) {
            FakeStore.says = passing
            assertThrows("$passing", ProviderException::class.java) { wrapper.unwrap(wrapped) }
        }
        for (lost in listOf(ResponseCode.VALUE_CORRUPTED, ErrorCode.INVALID_KEY_BLOB)) {
            FakeStore.says = lost
            assertThrows("$lost", GeneralSecurityException::class.java) { wrapper.unwrap(wrapped) }
        }
        FakeStore.says = null
        assertArrayEquals(key, wrapper.unwrap(wrapped))
    }

    @Test
    fun `a security chip is used where there is one, and done without where it refuses`() {
        wrapper.wrap(key)
        assertEquals(listOf(false), FakeStore.specs.map { it.isStrongBoxBacked })
        shadowOf(RuntimeEnvironment.getApplication().packageManager)
            .setSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE, true)
        FakeStore.keys.clear()
        FakeStore.specs.clear()
        wrapper.wrap(key)
        assertEquals(listOf(true), FakeStore.specs.map { it.isStrongBoxBacked })
        FakeStore.keys.clear()
        FakeStore.specs.clear()
        FakeStore.refusesStrongBox = true
        assertArrayEquals(key, wrapper.unwrap(wrapper.wrap(key)))
        assertEquals(listOf(true, false), FakeStore.specs.map { it.isStrongBoxBacked })
    }
}

@Suppress("DEPRECATION") // The constructor that Java 8 has, too.
internal class FakeProvider : Provider("AndroidKeyStore", 1.0, "stands in for the phone's") {
    init {
        put("KeyStore.AndroidKeyStore", FakeStore::class.java.name)
        put("KeyGenerator.AES", FakeGenerator::class.java.name)
    }
}

internal class FakeGenerator : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = Unit

    override fun engineInit(params: AlgorithmParameterSpec, random: SecureRandom?) {
        spec = params as KeyGenParameterSpec
        FakeStore.specs += spec
    }

    override fun engineInit(keysize: Int, random: SecureRandom?) = Unit

    override fun engineGenerateKey(): SecretKey {
        if (spec.isStrongBoxBacked && FakeStore.refusesStrongBox) throw StrongBoxUnavailableException()
        val generator = KeyGenerator.getInstance("AES", "SunJCE")
        generator.init(spec.keySize)
        return generator.generateKey().also { FakeStore.keys[spec.keystoreAlias] = it }
    }
}

internal class FakeStore : KeyStoreSpi() {
    override fun engineGetKey(alias: String, password: CharArray?): Key? {
        says?.let { throw UnrecoverableKeyException().initCause(KeyStoreException(it, "")) }
        return keys[alias]
    }

    override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null
    override fun engineGetCertificate(alias: String): Certificate? = null
    override fun engineGetCreationDate(alias: String): Date? = null
    override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = Unit
    override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = Unit
    override fun engineSetCertificateEntry(alias: String, cert: Certificate) = Unit
    override fun engineDeleteEntry(alias: String) = Unit
    override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys)
    override fun engineContainsAlias(alias: String): Boolean = alias in keys
    override fun engineSize(): Int = keys.size
    override fun engineIsKeyEntry(alias: String): Boolean = alias in keys
    override fun engineIsCertificateEntry(alias: String): Boolean = false
    override fun engineGetCertificateAlias(cert: Certificate): String? = null
    override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
    override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

    companion object {
        val keys = mutableMapOf<String, SecretKey>()
        val specs = mutableListOf<KeyGenParameterSpec>()
        var refusesStrongBox = false

        /** What its service answers where it is asked for a key. */
        var says: Int? = null
    }
}
