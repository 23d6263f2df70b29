import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

/** A connection with the fenced register. Answers come in the order of the requests. */
export class RegisterClient {
  readonly #socket: Socket;
  readonly #waiting: ((accepted: boolean) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface(socket).on('line', (line) => this.#waiting.shift()?.(line === 'accepted'));
  }

  static async open(path: string): Promise<RegisterClient> {
    const socket = connect(path);
    await once(socket, 'connect');
    return new RegisterClient(socket);
  }

  /** Whether the write was accepted. */
  write(lock: string, fencingToken: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#socket.write(`${lock} ${fencingToken}\n`);
    });
  }

  close(): void {
    this.#socket.destroy();
  }
}
