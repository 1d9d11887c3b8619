import tseslint from 'typescript-eslint';

/** Folders whose code is a function of its arguments: no clock, no chance, no process, no output. */
const pure = ['src/api/**', 'src/plan/**', 'src/tfrecord/**', 'src/models/**', 'src/random/**'];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', '.native/', '.oracles/', '.torch/', 'demo/', 'assembly/', '**/*.wasm'] },
  ...tseslint.configs.strict,
  {
    languageOptions: { parserOptions: { projectService: { allowDefaultProject: ['eslint.config.js', 'scripts/run.mjs'] } } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
    },
  },
  { files: ['src/**'], rules: { 'max-params': ['error', 3], 'max-lines-per-function': ['error', { max: 60, skipComments: true }] } },
  // Inner loops over pixels and weights take plain numbers: an object for each call would cost more than the work.
  { files: ['src/imaging/**', 'src/tfrecord/**', 'src/engines/**', 'src/dataset/phantoms/**'], rules: { 'max-params': ['error', 6] } },
  {
    files: pure,
    rules: {
      'no-console': 'error',
      'no-restricted-globals': ['error', 'process', 'fetch', 'setTimeout', 'setInterval', 'performance'],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'A seed arrives as a value.' },
        { object: 'Date', property: 'now', message: 'Time arrives as a value.' },
      ],
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/main.ts'],
    rules: { 'no-restricted-syntax': ['error', { selector: "MemberExpression[object.name='process'][property.name=/^(env|argv|exit)$/]", message: 'Only src/main.ts reads the environment, the arguments and ends the process.' }] },
  },
  { files: ['test/**', 'scripts/**'], rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/no-non-null-assertion': 'off', 'max-lines': ['error', { max: 500 }] } },
  { files: ['**/*.js', '**/*.mjs'], ...tseslint.configs.disableTypeChecked },
);
