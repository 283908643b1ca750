/** Light and dark: as the reader's system has it, or as they chose here. */

type Theme = 'light' | 'dark';

const key = 'troupe-theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export function followTheme(): void {
  show();
  system.addEventListener('change', show);
}

export function toggleTheme(): void {
  localStorage.setItem(key, shown() === 'dark' ? 'light' : 'dark');
  show();
}

function shown(): Theme {
  const chosen = localStorage.getItem(key);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
}

function show(): void {
  document.documentElement.dataset['theme'] = shown();
}
