/** Names of columns and folders are compared without regard to case, and `_` is a space. */
export function plainName(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', ' ');
}
