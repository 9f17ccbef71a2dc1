/** Where drizzle-kit finds the schema and keeps the migrations (`npm run migrations`). */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/history/schema.ts', './src/history/cache-schema.ts'],
  out: './migrations',
});
