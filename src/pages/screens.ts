import { confirmEmailChangeScreen } from './confirm-email-change-page'
import { confirmSignInScreen } from './confirm-sign-in-page'
import { cancelRecoveryScreen, factorRecoveryScreen } from './factor-recovery-page'
import { forgotPasswordScreen } from './forgot-password-page'
import { loginScreen } from './login-page'
import { registerScreen } from './register-page'
import { resetPasswordScreen } from './reset-password-page'
import type { Screen } from './screen'
import { secondFactorScreen } from './second-factor-page'
import { setUpFactorScreen } from './set-up-factor-page'
import { signInLinkScreen } from './sign-in-link-page'
import { verifyEmailScreen } from './verify-email-page'

/** The pages that are one form. */
export const SCREENS: readonly Screen[] = [
  loginScreen,
  secondFactorScreen,
  setUpFactorScreen,
  factorRecoveryScreen,
  cancelRecoveryScreen,
  signInLinkScreen,
  confirmSignInScreen,
  registerScreen,
  forgotPasswordScreen,
  resetPasswordScreen,
  verifyEmailScreen,
  confirmEmailChangeScreen,
]
