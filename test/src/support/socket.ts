import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * A plain connection that speaks Redis's inline commands: what tests the servers must not lean on a
 * client.
 */
export class PlainConnection implements Disposable {
  readonly socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => {
      this.#received += text;
      socket.emit('text');
    });
    // Every connection here is meant to be broken; 'close' tells it.
    socket.on('error', () => {});
  }

  static async open(
    target: { readonly port: number } | { readonly path: string },
  ): Promise<PlainConnection> {
    const socket = connect({ host: '127.0.0.1', ...target });
    await once(socket, 'connect');
    return new PlainConnection(socket);
  }

  send(command: string): void {
    this.socket.write(`${command}\r\n`);
  }

  /** All text so far, once it has `expected` in it. */
  async receive(expected: string): Promise<string> {
    while (!this.#received.includes(expected)) await once(this.socket, 'text');
    return this.#received;
  }

  get received(): string {
    return this.#received;
  }

  async closed(): Promise<void> {
    // Not with once(), which would reject with the error that comes before a reset connection's
    // 'close'.
    if (!this.socket.closed) await new Promise((resolve) => this.socket.once('close', resolve));
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }
}
