/** What a virtual device and its agent keep when code ends: JSON, so that whoever owns the device can store it. */
import type { Plain } from './plain.ts'

export type DeviceState = {
  /** What `server.save` kept on the agent's side. */
  saved?: Plain
  /** The `nv` table of the device: survives deep sleep and warm restarts, not the loss of power. */
  nv?: Plain
  /** Sectors of the SPI flash that are not erased, base64 by sector number. */
  flash?: Record<string, string>
  /** What `imp.setuserconfiguration` kept, base64. */
  userConfiguration?: string
}

/** Why a device's code starts, as `hardware.wakereason()` tells (numbers of the platform). */
export const wakeReasons = {
  WAKEREASON_POWER_ON: 0,
  WAKEREASON_TIMER: 1,
  WAKEREASON_SW_RESET: 2,
  WAKEREASON_PIN: 3,
  WAKEREASON_NEW_SQUIRREL: 4,
  WAKEREASON_SQUIRREL_ERROR: 5,
  WAKEREASON_NEW_FIRMWARE: 6,
  WAKEREASON_SNOOZE: 7,
  WAKEREASON_HW_RESET: 8,
  WAKEREASON_BLINKUP: 9,
  WAKEREASON_SW_RESTART: 10,
} as const

export type WakeReason = keyof typeof wakeReasons
