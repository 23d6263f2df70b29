/**
 * What decorators are given by compilers that go by the proposal of 2018, as Turbopack does without
 * `experimentalDecorators`, and Babel with the version `'2018-09'`.
 */
export type Descriptor = ElementDescriptor | ClassDescriptor;

interface ElementDescriptor {
  readonly kind: 'method' | 'field';
  readonly key: string | symbol;
  /** `own`: of an instance. */
  readonly placement: 'prototype' | 'static' | 'own';
  readonly descriptor: PropertyDescriptor;
  readonly initializer?: (this: object) => unknown;
}

interface ClassDescriptor {
  readonly kind: 'class';
}

/** It is called with the class when that has been made. */
type Finisher = (definition: Definition) => void;
type Definition = abstract new (...args: never) => object;

/** What every such compiler writes on what it gives, as that proposal says. */
export function isDescriptor(first: unknown): first is Descriptor {
  return Object.prototype.toString.call(first) === '[object Descriptor]';
}

/** The element, and what is to be done when it is known whose it is: of a class, or its prototype. */
export function finish<E extends Descriptor>(
  element: E,
  done: (owner: object) => void,
): E & { readonly finisher: Finisher } {
  const isStatic = element.kind !== 'class' && element.placement === 'static';
  const finisher: Finisher = (definition) => {
    done(isStatic ? definition : (definition.prototype as object));
  };
  return { ...element, finisher };
}
