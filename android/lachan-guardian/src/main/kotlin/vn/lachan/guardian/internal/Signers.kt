package vn.lachan.guardian.internal

import android.content.pm.PackageManager
import android.content.pm.Signature
import android.os.Build
import java.security.MessageDigest

/** Who signed an app, as digests of certificates. */
internal class Signers private constructor(
    /** Certificates of which one is enough: the one in use, and those it has replaced. */
    private val any: Set<String>,
    /** Certificates that all must be pinned: an app that several have signed. */
    private val all: Set<String>,
) {
    fun fits(pinned: Set<String>): Boolean =
        if (all.isNotEmpty()) pinned.containsAll(all) else any.any { it in pinned }

    companion object {
        private val NOBODY = Signers(emptySet(), emptySet())

        fun of(packages: PackageManager, name: String): Signers = try {
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) current(packages, name) else old(packages, name)
        } catch (_: PackageManager.NameNotFoundException) {
            NOBODY
        }

        private fun current(packages: PackageManager, name: String): Signers {
            if (Build.VERSION.SDK_INT < Build.VERSION_CODES.P) return NOBODY
            val signing = packages.getPackageInfo(name, PackageManager.GET_SIGNING_CERTIFICATES).signingInfo ?: return NOBODY
            return if (signing.hasMultipleSigners()) {
                Signers(emptySet(), digests(signing.apkContentsSigners))
            } else {
                Signers(digests(signing.signingCertificateHistory), emptySet())
            }
        }

        /** Before API 28 a package may carry extra certificates that prove nothing: each must be pinned. */
        @Suppress("DEPRECATION")
        private fun old(packages: PackageManager, name: String): Signers =
            Signers(emptySet(), digests(packages.getPackageInfo(name, PackageManager.GET_SIGNATURES).signatures))

        private fun digests(signatures: Array<out Signature?>?): Set<String> =
            signatures.orEmpty().filterNotNull().mapTo(LinkedHashSet()) { digest(it.toByteArray()) }

        fun digest(certificate: ByteArray): String =
            MessageDigest.getInstance("SHA-256").digest(certificate).joinToString("") { "%02x".format(it) }
    }
}
