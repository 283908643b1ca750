/** Asks for the token, where the server demands one. */
import { read } from './api.ts';
import { el, fill } from './dom.ts';
import { keepToken } from './door.ts';

export interface Reader {
  readonly by: string;
  readonly can: readonly string[];
}

/** Resolves when the server knows the reader. */
export async function loginForm(page: Element): Promise<Reader> {
  return new Promise((resolve) => {
    const input = el('input', { type: 'password', 'aria-label': 'Token', autocomplete: 'current-password' });
    const answer = el('p', { class: 'verdict bad', role: 'alert' });
    const tried = async (): Promise<void> => {
      keepToken(input.value);
      try {
        resolve(await read<Reader>('access'));
      } catch {
        answer.textContent = 'That is not the token.';
      }
    };
    const submit = (event: SubmitEvent): void => {
      event.preventDefault();
      void tried();
    };
    fill(
      page,
      el(
        'main',
        {},
        el(
          'form',
          { class: 'login', submit },
          el('h1', {}, 'Troupe'),
          el('p', {}, 'This server asks for a token. It is kept for this tab alone.'),
          input,
          el('button', { type: 'submit', class: 'primary' }, 'Open'),
          answer,
        ),
      ),
    );
    input.focus();
  });
}
