import assert from 'node:assert/strict';
import { test } from 'node:test';
import xterm from '@xterm/headless';
import { openScreen } from '../../src/local/screen.ts';
import { renderTable } from '../../src/local/table.ts';
import { runningNow, runningStatus } from './running-status.ts';

/** A screen on a terminal that is only computed: `lines()` is what a person sees, with what has scrolled away. */
function open(columns = 100, rows = 40) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const screen = openScreen({ write: (text) => terminal.write(text), isInteractive: true, isColoured: true, columns: () => terminal.cols, rows: () => terminal.rows });
  return {
    screen,
    terminal,
    lines: async () => {
      await new Promise<void>((resolve) => terminal.write('', resolve));
      const { active } = terminal.buffer;
      const all = Array.from({ length: active.length }, (_, index) => active.getLine(index)?.translateToString(true) ?? '');
      return all.slice(0, all.findLastIndex((line) => line !== '') + 1);
    },
  };
}

function table(columns = 100, rows = 39): string[] {
  return renderTable(runningStatus, { now: runningNow, columns, rows, isColoured: false });
}

test('openScreen() draws the table over itself, below what stood there before', async () => {
  const { screen, terminal, lines } = open();
  terminal.write('$ chex run\n');
  for (const progress of [0, 0.2, 0.417]) screen.show({ ...runningStatus, progress }, runningNow);
  assert.deepEqual(await lines(), ['$ chex run', ...table()]);
});

test('openScreen() sets notes above the table, in their order, also long ones', async () => {
  const { screen, lines } = open();
  const long = 'word '.repeat(50).trim();
  screen.note('Before the first drawing', runningNow);
  screen.show(runningStatus, runningNow);
  screen.note(`Edema: ${long}`, runningNow);
  screen.note('Fracture: the checkpoint is of another engine', runningNow);
  assert.deepEqual((await lines()).slice(-table().length), table(), 'the table is there without waiting for the next drawing');
  screen.show(runningStatus, runningNow);
  const [first, ...rest] = await lines();
  assert.equal(first, 'Before the first drawing');
  assert.equal(rest.slice(0, 3).join(''), `Edema: ${long}`);
  assert.deepEqual(rest.slice(3), ['Fracture: the checkpoint is of another engine', ...table()]);
});

test('openScreen() is not torn by what the terminal echoes: Ctrl-C leaves ^C', async () => {
  const { screen, terminal, lines } = open();
  screen.show(runningStatus, runningNow);
  terminal.write('^C');
  screen.show(runningStatus, runningNow);
  assert.deepEqual(await lines(), table());
});

test('openScreen() follows the window: narrower, wider, lower', async () => {
  const { screen, terminal, lines } = open();
  terminal.write('$ chex run\n');
  screen.show(runningStatus, runningNow);
  for (const [columns, rows] of [[80, 40], [47, 40], [120, 40], [100, 40]] as const) {
    await lines();
    terminal.resize(columns, rows);
    screen.show(runningStatus, runningNow);
    assert.deepEqual(await lines(), ['$ chex run', ...table(Math.min(100, columns))], `${columns} columns`);
  }
});

test('openScreen() never scrolls a table away that it has to draw again, and leaves the last one whole', async () => {
  const { screen, lines } = open(100, 10);
  for (let drawing = 0; drawing < 5; drawing++) screen.show(runningStatus, runningNow);
  assert.deepEqual(await lines(), table(100, 9));
  const over = { ...runningStatus, completionTime: runningStatus.updateTime };
  screen.show(over, runningNow);
  assert.deepEqual(await lines(), renderTable(over, { now: runningNow, columns: 100, rows: Infinity, isColoured: false }).slice(0, -1), 'but for the blank line at its end');
});
