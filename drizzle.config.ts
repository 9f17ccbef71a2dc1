/** Where drizzle-kit finds the schema and keeps the migrations (`npm run migrations`). */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['schema', 'cache-schema', 'msc-schema', 'bandwidth-schema'].map((name) => `./src/history/${name}.ts`),
  out: './migrations',
});
