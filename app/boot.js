// Applies the stored theme before the first paint, so that nothing flashes.
try {
  const theme = localStorage.getItem("woow.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is forbidden: the system's theme holds.
}
