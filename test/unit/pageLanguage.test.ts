import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { pageLanguage, takesEnglish } from '../../server/src/features/pageLanguage.ts';

const prose = {
  de: 'Der Server startet automatisch, wenn das erste Dokument geöffnet wird. Die Einstellungen stehen in der Konfigurationsdatei.',
  fr: "Le serveur démarre automatiquement à l'ouverture du premier document. Vous trouverez les paramètres dans le fichier de configuration.",
  es: 'El servidor se inicia automáticamente al abrir el primer documento. Encontrará los ajustes en el archivo de configuración.',
  pt: 'O servidor inicia automaticamente quando o primeiro documento é aberto. As configurações estão no arquivo de configuração.',
  it: 'Il server si avvia automaticamente quando si apre il primo documento. Le impostazioni si trovano nel file di configurazione.',
  nl: 'De server start automatisch wanneer het eerste document wordt geopend. De instellingen vindt u in het configuratiebestand.',
  sv: 'Servern startar automatiskt när det första dokumentet öppnas. Inställningarna finns i konfigurationsfilen.',
  pl: 'Serwer uruchamia się automatycznie po otwarciu pierwszego dokumentu. Ustawienia znajdują się w pliku konfiguracyjnym.',
  tr: 'İlk belge açıldığında sunucu otomatik olarak başlar. Ayarları projenin kök dizinindeki yapılandırma dosyasında bulabilirsiniz.',
  ru: 'Сервер запускается автоматически при открытии первого документа. Настройки находятся в файле конфигурации.',
  ja: '最初のドキュメントを開くと、サーバーが自動的に起動します。設定はプロジェクトのルートにある設定ファイルにあります。',
  zh: '打开第一个文档时，服务器会自动启动。您可以在项目根目录的配置文件中找到设置。',
  ko: '첫 번째 문서를 열면 서버가 자동으로 시작됩니다. 설정은 프로젝트 루트의 구성 파일에서 찾을 수 있습니다.',
  ar: 'يبدأ الخادم تلقائيًا عند فتح المستند الأول. ستجد الإعدادات في ملف التكوين في جذر المشروع.',
} as const;

/** Texts that detectors like to take for another language. */
const english = [
  'Typed REST and HTTP Client with TypeScript Typings. A lightweight REST and HTTP client optimized for use with TypeScript.',
  'Install: npm install --save-dev esbuild. Usage: run esbuild main.ts --bundle --outfile=out.js --platform=node.',
  "No extensive tutorials required because you are a smart developer! Let's make it so! Shoot and forget usage.",
  'A sax style parser for XML and HTML. Designed with node in mind, but should work fine in the browser.',
  'Rsbuild, Size Limit, Slidev, Tailwindcss, Tokenami, UnoCSS, WXT, PostCSS loader, Nuxt, Vite, Rollup, Parcel, Snowpack, Turbopack',
  'Windows 11, macOS 14, Ubuntu 24.04, Debian 12, Fedora 41, Alpine 3.20; x64, arm64, armv7l, ppc64le, s390x',
  'Contributors: Sam Toueg, David Junger, Mohsen Azimi, Nikita Galkin, Sebastian Silbermann, Wilco Bakker, Tristan Zajonc',
  'Click Settings, then Accounts, then Sync. Choose Export, pick CSV or JSON, and press Save.',
];

suite("the page's language", () => {
  for (const [code, text] of Object.entries(prose)) {
    test(`words: ${code}`, async () => {
      const language = await pageLanguage({ declaredLanguage: null, prose: text });
      assert.deepEqual(language, { code, source: 'words' });
      assert.equal(takesEnglish(language), false);
    });
  }
  for (const text of english) {
    test(`takes English: ${text.slice(0, 40)}…`, async () => {
      assert.equal(takesEnglish(await pageLanguage({ declaredLanguage: null, prose: text })), true);
    });
  }
  const declared: readonly (readonly [string, string | null, boolean])[] = [
    ['de', 'de', false],
    ['de-CH', 'de', false],
    ['EN-us', 'en', true],
    ['en_GB', 'en', true],
    ['zh-Hant-TW', 'zh', false],
  ];
  for (const [written, code, english] of declared) {
    test(`declared: ${written}`, async () => {
      const language = await pageLanguage({ declaredLanguage: written, prose: prose.fr });
      assert.deepEqual(language, { code, source: 'declared' });
      assert.equal(takesEnglish(language), english);
    });
  }
  for (const written of ['', '{{ lang }}', 'und', 'x', 'Deutsch!']) {
    test(`declared as ${JSON.stringify(written)}: its words tell`, async () => {
      assert.equal((await pageLanguage({ declaredLanguage: written, prose: prose.fr })).code, 'fr');
    });
  }
  for (const text of [
    '',
    'Hallo Welt',
    'Installation',
    '1 2 3 4',
    'a/b/c d_e_f https://example.org/über/größe/schön',
    '🎉'.repeat(100),
  ]) {
    test(`too little to tell: ${JSON.stringify(text.slice(0, 30))}`, async () => {
      assert.deepEqual(await pageLanguage({ declaredLanguage: null, prose: text }), { code: null, source: 'unknown' });
    });
  }
});
