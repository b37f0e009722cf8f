import { expect, test } from 'vitest';
import { countLanguages, languageOf, writingOf } from '../../../../shared/domain/base/languages.ts';

test('a text is in the language of its script or of its function words', () => {
  const texts: Record<string, string> = {
    English: 'Where is my parcel? I ordered it on Monday',
    German: 'Wo ist mein Paket, ich habe es am Montag bestellt',
    French: 'Où est mon colis ? Il devait arriver lundi',
    Spanish: '¿Dónde está mi pedido? Tenía que llegar el lunes',
    Finnish: 'Missä tilaukseni on? Sen piti tulla maanantaina',
    Dutch: 'Waar is mijn pakket, ik heb het maandag besteld',
    Russian: 'Где мой заказ?',
    Chinese: '我的快递到哪里了',
    Japanese: '荷物はどこですか。iPhoneの注文です',
    Thai: 'พัสดุอยู่ที่ไหน',
    Arabic: 'أين طلبي؟',
    Hindi: 'मेरा ऑर्डर कहाँ है?',
    Korean: '제 소포는 어디에 있나요',
  };
  for (const [language, text] of Object.entries(texts)) expect(languageOf(text), text).toBe(language);
});

test('names, codes and signs tell no language', () => {
  for (const text of ['', '👍', 'DE89 3704 0044', 'iPhone 15', 'AB-1234']) expect(languageOf(text), text).toBeNull();
  expect([...countLanguages(['where is it', 'wo ist es', 'wo ist das', 'PayPal'])]).toEqual([
    ['English', 1],
    ['German', 2],
  ]);
});

test('a word has the writing of its first letter, and Chinese and Japanese are one', () => {
  expect(['12', '3月', 'です', 'Ж', 'ok', 'ꦲ'].map(writingOf)).toEqual([
    null,
    'Han',
    'Han',
    'Cyrillic',
    'Latin',
    'other',
  ]);
});
