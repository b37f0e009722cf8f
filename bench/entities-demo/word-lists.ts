/** Words that the demo's texts are made of. All are made up; some hold in production only. */
export const people = ['Anna', 'Bruno', 'Carla', 'Dan', 'Eva', 'Felix', 'Grace', 'Hugo', 'Ines', 'Jan', 'Kira', 'Leo'];
export const families = [
  'Adler',
  'Brook',
  'Costa',
  'Diaz',
  'Ekman',
  'Ferris',
  'Gold',
  'Hale',
  'Ibsen',
  'Jonas',
  'Klein',
];
export const newPeople = [
  'Aiko',
  'Bao',
  'Chidi',
  'Dilnoza',
  'Emeka',
  'Farah',
  'Goran',
  'Hana',
  'Imani',
  'Jorge',
  'Kavya',
];
export const newFamilies = ['Abara', 'Banerjee', 'Cho', 'Demir', 'Eze', 'Fofana', 'Gupta', 'Hoang', 'Ito', 'Jovanovic'];

export const cities = ['Leeds', 'York', 'Bath', 'Derby', 'Exeter', 'Durham', 'Lincoln', 'Oxford', 'Ripon', 'Wells'];
export const newCities = [
  'Bremen',
  'Lyon',
  'Porto',
  'Ghent',
  'Aarhus',
  'Graz',
  'Bad Homburg',
  'San Remo',
  'Lille',
  'Turku',
];

export const streetWords = [
  'Baker',
  'Mill',
  'Station',
  'Church',
  'Park',
  'Queen',
  'High',
  'Bridge',
  'Castle',
  'Garden',
];
export const streetKinds = ['Street', 'Road', 'Lane', 'Avenue'];
export const germanStreets = ['Lindenstraße', 'Gartenweg', 'Am Markt', 'Schillerstraße', 'Hafengasse', 'An der Mühle'];
export const frenchStreets = ['rue de la Paix', 'avenue Foch', 'rue du Port', 'quai Voltaire', 'rue des Lilas'];

export const products = ['kettle', 'desk lamp', 'blue armchair', 'toaster', 'wool blanket', 'bread knife', 'bookshelf'];
export const newProducts = [
  'e-bike charger',
  'air fryer',
  'standing desk',
  'robot vacuum',
  'smart lock',
  'foam roller',
];

export const letters = [...'ABCDEFGHJKLMNPRSTUVWXYZ'];

export const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
export const months = ['January', 'March', 'April', 'May', 'June', 'August', 'October', 'November'];
