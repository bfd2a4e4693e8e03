@file:Suppress("unused")

package vn.lachan.guardian.samples

import android.content.Context
import android.graphics.Bitmap
import vn.lachan.LaChan
import vn.lachan.guardian.Birth
import vn.lachan.guardian.ChildPhone
import vn.lachan.guardian.ConsentText
import vn.lachan.guardian.FamilyGate
import vn.lachan.guardian.GuardianPhone
import vn.lachan.guardian.Outcome
import vn.lachan.guardian.Packet
import vn.lachan.guardian.PacketScanner
import vn.lachan.guardian.QrCode
import vn.lachan.guardian.Rules
import vn.lachan.guardian.Scope
import vn.lachan.guardian.getOrNull
import vn.lachan.ui.HostActions

internal fun showAndRead(offer: Packet, camera: Bitmap): Packet? {
    val picture = QrCode.draw(offer, size = 720)
    picture.recycle()
    return QrCode.read(camera)
}

internal suspend fun protectAChild(context: Context, offer: Packet, policy: Packet, shield: LaChan) {
    val phone = ChildPhone.open(context)
    phone.protect(shield)
    val paired = phone.pair(offer).getOrNull() ?: return
    val yes = paired.yes ?: return
    val words = ConsentText("vi", version = 1)
    phone.setBirth(Birth(2015, 9, 2), yes)
    phone.setPin("204817", yes)
    phone.consent(words, Scope(counts = true), yes)
    phone.receivePolicy(policy)
    // On the child's own screen, in its own words:
    phone.assent(words, Scope(counts = false))
}

internal suspend fun pairAndDecide(context: Context, answer: Packet): Packet? {
    val guardian = when (val opened = GuardianPhone.open(context)) {
        is Outcome.Refused -> return null
        is Outcome.Done -> opened.value ?: GuardianPhone.create(context).getOrNull()?.guardian ?: return null
    }
    val met = guardian.accept(answer).getOrNull() ?: return null
    return guardian.signPolicy(met.phone, Rules()).getOrNull()
}

internal fun askAGuardian(phone: ChildPhone, camera: PacketScanner): HostActions =
    HostActions(guardianGate = FamilyGate(phone, camera))
