import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { altFilename } from '../../server/src/features/rules/altFilename.ts';
import { altPlaceholder } from '../../server/src/features/rules/altPlaceholder.ts';
import { altRedundantPrefix } from '../../server/src/features/rules/altRedundantPrefix.ts';
import { altWhitespace } from '../../server/src/features/rules/altWhitespace.ts';
import type { Rule } from '../../server/src/features/rules/rule.ts';
import { cpuSeconds } from '../support/cpuTime.ts';
import { alone, picture, reports } from '../support/imageReferences.ts';

/** An alt, or an alt and its target. */
type Case = string | readonly [alt: string, src: string];

function table(rule: Rule, wrong: readonly Case[], fine: readonly Case[]): void {
  suite(rule.id, () => {
    for (const [cases, expected] of [
      [wrong, true],
      [fine, false],
    ] as const) {
      for (const one of cases) {
        const [alt, src] = typeof one === 'string' ? [one, 'x.png'] : one;
        test(`${expected ? 'reports' : 'accepts'} ${JSON.stringify(alt)} of ${src}`, () => {
          assert.equal(reports(rule, alt, src), expected);
        });
      }
    }
  });
}

// oxfmt-ignore
table(
  altWhitespace,
  [' ', '\t\n', '\u00a0', '\u2003\u3000', '\u200b', '\ufeff ', '\u2060', '\u00ad', '\u2800'],
  ['', 'a', ' a ', '.', '🎉', '\u200bx'],
);

// oxfmt-ignore
table(
  altFilename,
  [
    'a.png', 'A.PNG', 'photo.jpeg', 'diagram.svg', 'My holiday.jpg', 'cats and dogs.jpg', '"a.png"', '`a.png`', 'a.png.',
    './a.png', '../img/a.png', '/static/img/a', 'C:\\Users\\me\\a.png', 'file:///a/b', 'https://example.org/a.png',
    'https://example.org/a.png?w=300', 'images/hero', 'größe.webp', '写真.png', 'clip.mp4', 'my%20photo.png',
    // cameras and telephones
    'IMG_1234', 'img_0042', 'IMG 1234', 'IMG_E1234', 'IMG-20240101-WA0001', 'IMG_20240101_101112', 'IMG_1234 (1)', 'IMG1234',
    'DSC00017', 'DSC_0001', 'DSCN0001', 'DSCF1234', '_DSC1234', 'PXL_20240101_100000123', 'PXL_20240101_100000123.MP',
    'P1010001', 'GOPR0001', 'GH010001', 'DJI_0001', 'MVIMG_20190101_010101', '20240101_101112', 'image001', 'photo_001',
    // screenshots and messengers
    'Screenshot 2024-01-01 at 10.00.00', 'Screen Shot 2020-01-01 at 10.00.00 AM', 'Screenshot_20240101-100000',
    'Screenshot_20240101-100000_Chrome', 'Screenshot from 2024-01-01 10-00-00', 'screenshot-2024-05-01',
    'Bildschirmfoto 2024-01-01 um 10.00.00', 'Capture d’écran 2024-01-01 à 10.00.00', 'スクリーンショット 2024-01-01 10.00.00',
    'CleanShot 2024-01-01 at 10.00.00@2x', 'WhatsApp Image 2024-01-01 at 10.00.00', 'Pasted image 20240101100000',
    'photo_2024-01-01_10-00-00',
    // exports
    'logo@2x', 'hero-1024x768', 'logo-final-v2', 'chart_01', 'image_1', 'my_holiday_photo', 'a3f5c9e1b2d40718',
    '0b7f0a1e-4c1d-4f9e-9a55-0f2b9e3f1c2d', '1714567890123', '2024-05-01-101112',
    'hero_image', 'logo-dark', 'screenshot-login', 'README.md', 'package.json', 'report.docx', 'docs/architecture',
    'Screen Shot 2023-01-01 at 12.00.00\u202fPM.png', 'photo (1).jpg',
    // the target's own name
    ['quarterly_report_chart', 'img/quarterly_report_chart.png'], ['Quarterly_Report', 'quarterly_report.png'],
    ['drag-and-drop', 'drag-and-drop.gif'], ['img/a1', 'img/a1.png'], ['chart3', 'chart3.svg'],
    ['contents of logo.png', 'contents%20of%20logo.png'], ['hero-image', '/img/hero-image.webp?v=2'],
  ],
  [
    'The file tree with README.md selected', 'Node.js 24 release timeline', 'Node.js', 'ASP.NET', 'socket.io', 'Vue.js',
    'Contents of logo.svg', 'Opening photo.png', 'The file logo.png selected', 'image/png', 'n/a', 'TCP/IP', 'CI/CD', 'and/or',
    'client/server', 'Photos/Videos', 'GPT-4', 'COVID-19', 'UTF-8', 'ISO-8601', 'x86_64', 'MP3', 'HTML5', 'SHA-256', '404', '1984',
    '2024', '1920x1080', 'v1.2', 'P2P', 'Image of a gull', 'screenshot 2', 'Screenshot 2024-05-01 of the settings page',
    'IMG_1234 shows a gull', 'deadbeef', 'Im 1', 'image-1', 'Photo-realistic', 'snake_case', 'MAX_SIZE', 'drag-and-drop', 'index of README.md', 'Booking.com', 'photo', 'A bar chart rising from 3 to 9', '.png', 'PNG', '/help',
    ['Docker', 'docker.png'], ['docker', 'docker.png'], ['Wi-Fi', 'wi-fi.svg'], ['html5', 'html5.svg'], ['A gull', 'A gull.png'],
    ['Red kite', 'red_kite.png'], ['1', '1.png'],
  ],
);

// oxfmt-ignore
table(
  altPlaceholder,
  [
    'image', 'Image', 'IMAGE', 'images', 'photo', 'picture', 'pic', 'screenshot', 'Screen shot', 'figure', 'Fig.', 'icon', 'logo',
    'graphic', 'img', 'photograph', 'alt', 'Alt text', 'alt-text', 'alttext', 'alternative text', 'alternate text', 'alt tag',
    'todo', 'TODO', 'TO-DO', 'TBD', 'FIXME', 'untitled', 'unnamed', 'placeholder', 'n/a', 'N/A', 'N.A.', 'xxx', 'XXXX', 'undefined',
    'null', 'lorem ipsum', 'Lorem ipsum dolor sit amet', 'image description',
    // numbers and signs
    'image 1', 'image1', 'Image #2', 'image-3', 'image (1)', 'Image 1.', 'Image no. 2', 'screenshot 2', 'Figure 2.1', 'Figure 3a',
    'Figure A', 'photo 1 of 3', 'Photo 3/12', 'Untitled-1', 'untitled 2', 'icon 16', 'image.', 'image:', 'Image!', '[image]', '(photo)', '"image"',
    '<alt text>', '*image*', ' image ', 'image\u00a01', 'im\u200bage', 'ＩＭＡＧＥ',
    // a few words more
    'an image', 'the logo', 'This image', 'my photo', 'this is an image', 'sample image', 'placeholder image', 'image placeholder', 'hero image',
    'alt text here', 'Alt text goes here', 'Insert alt text here', 'your alt text here', 'add alt text', 'no alt text', 'image alt text',
    'image here', 'insert image here', 'Image not found', 'describe this image', 'TODO: describe the chart', 'todo add alt text', 'Untitled design',
    // signs alone
    '...', '…', '.', '-', '--', '–', '—', '_', '***', '???', '. . .', '- - -',
    'alt_text', 'image_alt', 'Insert image description here', 'add a description', 'describe image', 'decorative', 'decorative image', '🖼️ image', 'image-1',
    // other languages
    'Bild', 'Foto', 'imagen', '图片', '画像',
  ],
  [
    '', ' ', 'A todo list with three items ticked', 'The logo of the Rust project', 'Photo booth', 'Rust logo', 'Logo of Rust', 'Search icon',
    'Image of a gull', 'Picture frame', 'Alt key', 'Figure skating', 'Icons of the toolbar', 'Graphic novel', 'Photo gallery', 'Todo list',
    'Image editor', 'Add photo', 'Screenshot of the settings page', '🎉', '✓', '→', '+', '?', '*', 'x', '1', '42', 'A', 'Alternative routes',
    'Imagine', 'Logoff', 'Photon', 'Test', 'Testing', 'Test results', 'Placeholder text in the search field', 'Image caption editor', '{{ alt }}', '<%= alt %>',
    'alt and tab keys', 'Nullable', 'Foo Fighters on stage', 'n', 'Decorative border of leaves', 'Product description', '🖼️', 'Alternate ending', 'Describe tool',
  ],
);

// oxfmt-ignore
table(
  altRedundantPrefix,
  [
    'image of a gull', 'Image of two gulls', 'An image of the bridge', 'The image of a bridge', 'A picture of a kite', 'photo of x', 'PHOTO OF X',
    'photograph of an old tram', 'graphic of a cycle', 'This is a photo of the crew', 'This is an image of it', "Here's a picture of it",
    'It is a photo of it', 'Image showing the form', 'A photo showing the crew', 'Picture that shows a form', 'Image\nof a gull', ' image of a gull',
    '“Image of a gull”', 'image\u00a0of a gull', 'This image shows a gull', 'Image of: a gull', 'pic of a gull', 'image of',
  ],
  [
    'Screenshot of the settings page', 'Diagram of the flow', 'Chart of sales', 'Icon of a bell', 'Logo of Rust', 'A gull looking at a picture of a fish',
    'Imagine Dragons on stage', 'Photosynthesis in a leaf', 'Pictures hung on a wall', 'Images of gulls', 'Close-up photo of a gull', 'Photo booth',
    'Image office', 'Image of-the-day', 'Photo by Ann', 'An imaged of', 'Illustration of a gull', 'Map of Norway', 'Photos of the team',
  ],
);

suite('what remains without the prefix', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['image of a gull', 'a gull'],
    ['Image of a gull', 'A gull'],
    ['This is a photo of the crew', 'The crew'],
    ['IMAGE SHOWING A FORM', 'A FORM'],
    ['Photo of iPhones', 'iPhones'],
    ['“Image of a gull”', '“A gull”'],
    ['Image of: gulls', 'Gulls'],
  ];
  for (const [alt, rest] of cases) {
    test(`${alt} → ${rest}`, () => {
      const [fix] = altRedundantPrefix.check(picture({ alt }), alone)!.fixes;
      assert.equal(fix?.kind, 'remove-prefix');
      assert.equal(fix.alt, rest);
    });
  }
  test('nothing remains: no fix', () =>
    assert.deepEqual(altRedundantPrefix.check(picture({ alt: 'Image of' }), alone)!.fixes, []));
});

suite('hostile alts take no time', () => {
  const alts = [
    'alt text '.repeat(9) + '!',
    'a_'.repeat(50_000),
    '"'.repeat(100_000) + 'a',
    ' '.repeat(100_000) + 'x',
    '-'.repeat(100_000) + 'x',
  ];
  for (const alt of [
    ...alts,
    'Screenshot 2024-01-01 ' + 'at '.repeat(90) + '!',
    'image of'.repeat(20_000),
    'x'.repeat(78) + '1',
  ]) {
    test(`${alt.slice(0, 12)}… of ${alt.length}`, () => {
      const seconds = cpuSeconds(() => {
        for (const rule of [altWhitespace, altFilename, altPlaceholder, altRedundantPrefix])
          rule.check(picture({ alt }), alone);
      });
      assert.ok(seconds < 0.2, `${seconds.toFixed(2)} s`);
    });
  }
});
