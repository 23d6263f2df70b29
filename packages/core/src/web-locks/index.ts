export { lockManager } from './lock-manager.js';
export type {
  Lock,
  LockGrantedCallback,
  LockInfo,
  LockManager,
  LockManagerSnapshot,
  LockMode,
  LockOptions,
} from './platform.js';
